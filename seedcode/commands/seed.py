"""`python -m seedcode seed`: write the repository that a new project starts from into an empty folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from seedcode.seed.seed import write_seed


def add_arguments(parser: ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("path", type=Path, help="an empty folder, or one that is not there yet")


def run(options: Namespace) -> int:
    """Write it and say what comes next."""
    committed = write_seed(options.path)
    state = ", with a first commit" if committed else "; there is no git to commit it"
    print(f"The repository is in {options.path}{state}.")
    print(f"Try it: cd {options.path} && make test")
    return 0
