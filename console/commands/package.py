"""`scones package`: build every artifact of a deployment, and publish the template for Studio."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """What `python -m seedcode package` takes."""
    from seedcode.commands import package

    package.add_arguments(parser)


def run(options: Namespace) -> int:
    """Build and write; the target matters to `--publish` alone."""
    from seedcode.commands import package

    choose(options.target, must_run=bool(options.publish))
    return package.run(options)
