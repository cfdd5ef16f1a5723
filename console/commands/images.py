"""`scones images`: what stands for which container image on the local AWS, listed and changed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from console.commands import Command
from console.errors import CommandError
from console.target import choose


def images(options: Namespace) -> int:
    """Run one of the actions; a list where none is named."""
    from localaws.command.images import ImageError

    if options.target != "local":
        raise CommandError("`scones images` is about the local AWS; AWS runs the images themselves.", 2)
    if options.action is not None and options.json:
        raise CommandError("--json is for the list; leave it out to set, fetch or forget an image.", 2)
    settings = choose("local", must_run=False).local
    home = settings.home if settings else Path(".scones")
    try:
        _run(home, options)
    except ImageError as error:
        raise CommandError(str(error)) from error
    return 0


def _run(home: Path, options: Namespace) -> None:
    from console.output import Bar, print_rows, say
    from localaws.command.images import act, list_rows

    tell = partial(say, flush=True)
    if options.action is None:
        print_rows(list_rows(home, as_json=options.json), as_json=options.json, empty="Nothing is known of any image.")
    elif options.action == "fetch":
        with Bar(f"Fetch {options.image}") as bar:
            act(home, options, tell, bar.update)
    else:
        act(home, options, tell)


def _add_arguments(parser: ArgumentParser) -> None:
    from localaws.command.images import add_actions

    add_actions(parser)


COMMANDS = {"images": Command(images, _add_arguments)}
