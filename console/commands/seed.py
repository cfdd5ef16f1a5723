"""`scones seed PATH`: write the repository that a new project starts from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Where to."""
    from seedcode.commands import seed

    seed.add_arguments(parser)


def run(options: Namespace) -> int:
    """Write it; neither target is asked for anything."""
    from seedcode.commands import seed

    return seed.run(options)
