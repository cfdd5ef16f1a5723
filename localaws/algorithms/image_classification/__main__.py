"""The stand-in, run as its container is: ``python -m localaws.algorithms.image_classification train|serve``."""

import sys
from importlib import import_module

COMMANDS = ("train", "serve")


def main(arguments: list[str]) -> int:
    """Run one of the two commands and return the exit code; 2 for wrong usage."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: python -m {__package__} {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    print(f"Docker entrypoint called with argument(s): {arguments[0]}", flush=True)
    # A command loads MXNet, which takes a second that wrong usage should not cost.
    exit_code: int = import_module(f"{__package__}.{arguments[0]}").main()
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
