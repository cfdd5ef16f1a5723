"""`scones reject`: reject a version; where it serves, the endpoint goes back to the one approved before."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """A version and a comment."""
    parser.add_argument("version", type=int, help="number of the version, as `scones models` shows it")
    parser.add_argument("--comment", help="why; kept with the version")


def run(options: Namespace) -> int:
    """Reject."""
    from console import registry

    registry.set_approval(choose(options.target), options.version, "Rejected", options.comment)
    print(f"Version {options.version} is rejected.")
    return 0
