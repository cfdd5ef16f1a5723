"""The stand-in, run as its container is: ``python -m localaws.algorithms.image_classification train|serve``."""

import sys
from importlib import import_module
from importlib.util import find_spec

from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError, write_failure

COMMANDS = ("train", "serve")
# What it is built on, by the names to import; the local AWS itself needs none of them.
PACKAGES = {"numpy": "numpy", "PIL": "Pillow", "onnxruntime": "ONNX Runtime"}


def main(arguments: list[str]) -> int:
    """Run one of the two commands and return the exit code; 2 for wrong usage."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: python -m {__package__} {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    print(f"Docker entrypoint called with argument(s): {arguments[0]}", flush=True)
    if missing := [title for name, title in PACKAGES.items() if find_spec(name) is None]:
        sentence = f"{', '.join(missing)} cannot be imported: run `pip install 'scones-localaws[image-classification]'`"
        print(write_failure(Container.from_environment(), ClientError(f"{sentence}.")), flush=True)
        return 1
    # A command loads MXNet, which takes a second that wrong usage should not cost.
    exit_code: int = import_module(f"{__package__}.{arguments[0]}").main()
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
