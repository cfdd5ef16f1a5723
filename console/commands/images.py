"""`scones images`: what stands for which container image on the local AWS, listed and changed."""

from __future__ import annotations

import os
import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands import Command, add_json
from console.errors import CommandError
from console.target import choose

if TYPE_CHECKING:
    from localaws.images.listing import Row


def images(options: Namespace) -> int:
    """Run one of the actions; a list where none is named."""
    from localaws.failures import ClientFailure

    if options.target != "local":
        raise CommandError("`scones images` is about the local AWS; AWS runs the images themselves.", 2)
    settings = choose("local", must_run=False).local
    home = settings.home if settings else Path(".scones")
    actions = {"set": _set, "rm": _remove, "fetch": _fetch}
    try:
        return actions.get(options.action or "", _list)(home, options)
    except ClientFailure as failure:
        raise CommandError(str(failure).removeprefix("ClientError: ")) from failure


def _add_arguments(parser: ArgumentParser) -> None:
    add_json(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    setting = _add_action(actions, "set", "say what stands for an image, in place of what was said before")
    setting.add_argument(
        "--program", metavar="WORDS", help="what is run where no entry point is given, in one argument"
    )
    setting.add_argument("--python", metavar="PATH", help="an interpreter, with the packages that it has")
    setting.add_argument("--packages", nargs="+", metavar="PACKAGE", help="what pip installs, such as polars==1.0.0")
    setting.add_argument("--requirements", metavar="FILE", help="a requirements.txt that pip installs")
    setting.add_argument("--docker", action="store_true", help="run the image itself, where Docker is")
    removing = _add_action(actions, "rm", "forget what was set for an image")
    removing.add_argument("--environment", action="store_true", help="remove its packages from the cache as well")
    _add_action(actions, "fetch", "fetch the packages of an image now, so that its first job need not")


def _add_action(actions: Any, name: str, sentence: str) -> ArgumentParser:  # noqa: ANN401 - argparse's own type
    parser: ArgumentParser = actions.add_parser(
        name, help=sentence, description=f"{sentence[0].upper()}{sentence[1:]}."
    )
    parser.add_argument("image", help="a repository's name, repository:tag, or a whole URI")
    return parser


def _list(home: Path, options: Namespace) -> int:
    from console.output import print_rows
    from localaws.images.listing import list_images

    rows = [_as_json(row) if options.json else _as_text(row) for row in list_images(home)]
    print_rows(rows, as_json=options.json, empty="Nothing is known of any image.")
    return 0


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "image": row.image,
        "stands": row.stands,
        "from": row.source,
        "environment": row.environment,
        "bytes": row.bytes,
    }


def _as_text(row: Row) -> dict[str, Any]:
    size = "" if row.bytes is None else f"{row.bytes / 1e6:,.0f} MB"
    return {
        "image": row.image,
        "stands": row.stands,
        "from": row.source,
        "environment": row.environment,
        "size": size,
    }


def _set(home: Path, options: Namespace) -> int:
    from localaws import home as homes
    from localaws.images.environments.interpreters import get_interpreter
    from localaws.images.mapping import load_mapping, parse_mapped, save_mapping

    given = {
        "program": shlex.split(options.program) if options.program is not None else None,
        "python": _absolute(options.python),
        "packages": options.packages,
        "requirements": _absolute(options.requirements),
        "docker": options.docker or None,
    }
    document = {name: value for name, value in given.items() if value is not None}
    if not document:
        raise CommandError(
            "Nothing was given that stands for the image; name --program, --python, --packages, --requirements or "
            "--docker.",
            2,
        )
    mapped = parse_mapped(document)
    if mapped.python:
        get_interpreter(mapped.python)
    homes.make(home)
    save_mapping(home, {**load_mapping(home), options.image: mapped})
    print(f"{options.image} is set in {home / 'images.json'}; jobs that start from now on have it.")
    return 0


def _absolute(path: str | None) -> str | None:
    # Not resolved: an environment's interpreter is a link, and its folder what is meant.
    return None if path is None else os.path.abspath(Path(path).expanduser())  # noqa: PTH100


def _remove(home: Path, options: Namespace) -> int:
    from localaws.images.listing import remove_layers
    from localaws.images.mapping import load_mapping, save_mapping

    mapping = load_mapping(home)
    if options.environment:
        freed = remove_layers(home, options.image)
        print(f"The packages of {options.image} are removed: {freed / 1e6:,.0f} MB.")
    if options.image in mapping:
        del mapping[options.image]
        save_mapping(home, mapping)
        print(f"{options.image} is no longer in {home / 'images.json'}.")
    elif not options.environment:
        raise CommandError(f"{options.image} is not in {home / 'images.json'}; `scones images` lists what is.")
    return 0


def _fetch(home: Path, options: Namespace) -> int:
    from console.output import Bar, say
    from localaws.images.environments.making import is_made, make
    from localaws.images.programs import find_environment

    environment = find_environment(home, options.image)
    if not environment.layers:
        print(f"{options.image} has no packages of its own; it runs with those of its interpreter.")
        return 0
    for sentence in (*environment.notes, *(() if is_made(environment) else environment.costs)):
        print(sentence)
    with Bar(f"Fetch {options.image}") as bar:
        make(environment, lambda line: say(line, flush=True), lambda: False, bar.update)
    print(f"The packages of {options.image} are there.")
    return 0


COMMANDS = {"images": Command(images, _add_arguments)}
