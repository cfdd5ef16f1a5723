"""`scones down`: stop the local AWS."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.errors import CommandError
from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """`--wipe` also removes its state."""
    parser.add_argument("--wipe", action="store_true", help="remove its state as well: registry, S3, logs")


def run(options: Namespace) -> int:
    """Stop it; a local AWS that does not run is no failure."""
    from localaws.process import stop, wipe

    if options.target != "local":
        raise CommandError("`scones down` stops the local AWS; on AWS use `scones destroy`.", 2)
    settings = choose("local", must_run=False).local
    if settings is None:
        raise CommandError("The local AWS has no settings.")
    print("The local AWS has stopped." if stop(settings) else "The local AWS was not running.")
    if options.wipe:
        wipe(settings)
        print(f"Its state in {settings.home} is gone; downloads and drawn samples stay.")
    return 0
