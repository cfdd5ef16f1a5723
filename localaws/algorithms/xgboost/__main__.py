"""The stand-in, run as its container is: ``python -m localaws.algorithms.xgboost train|serve 1.7-1``."""

import sys
from importlib import import_module

from localaws.algorithms.xgboost.versions import NEWEST, VERSIONS

COMMANDS = ("train", "serve")


def main(arguments: list[str]) -> int:
    """Run one of the two commands as a version of the container; returns the exit code, 2 for wrong usage."""
    command, version = [*arguments, NEWEST][:2] if arguments else ("", NEWEST)
    if len(arguments) > 2 or command not in COMMANDS or version not in VERSIONS:
        print(f"usage: python -m {__package__} {'|'.join(COMMANDS)} [{'|'.join(VERSIONS)}]", file=sys.stderr)
        return 2
    try:
        module = import_module(f"{__package__}.{command}")
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "xgboost" and not isinstance(error, ImportError):
            raise
        print(f"XGBoost cannot be loaded ({error}): run `pip install xgboost` where the local AWS is installed.")
        return 1
    exit_code: int = module.main(version)
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
