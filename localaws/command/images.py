"""What stands for which image, listed and changed: what `scones images` and `localaws images` have in common."""

from __future__ import annotations

import json
import os
import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localaws import home as homes
from localaws.failures import ClientFailure
from localaws.images.environments.interpreters import get_interpreter
from localaws.images.environments.making import is_made, make
from localaws.images.environments.pip import Measure
from localaws.images.listing import list_images, remove_layers
from localaws.images.mapping import FILE, load_mapping, parse_mapped, save_mapping
from localaws.images.programs import find_environment

Say = Callable[[str], None]


class ImageError(Exception):
    """What was asked for an image cannot be done; the message says what was given and what to do."""


def add_actions(parser: ArgumentParser) -> None:
    """The actions and their arguments; a list where none is named."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    setting = _add(actions, "set", "say what stands for an image, in place of what was said before")
    setting.add_argument(
        "--program", metavar="WORDS", help="what is run where no entry point is given, in one argument"
    )
    setting.add_argument("--python", metavar="PATH", help="an interpreter, with the packages that it has")
    setting.add_argument("--packages", nargs="+", metavar="PACKAGE", help="what pip installs, such as polars==1.0.0")
    setting.add_argument("--requirements", metavar="FILE", help="a requirements.txt that pip installs")
    setting.add_argument("--docker", action="store_true", help="run the image itself, where Docker is")
    removing = _add(actions, "rm", "forget what was set for an image")
    removing.add_argument("--environment", action="store_true", help="remove its packages from the cache as well")
    _add(actions, "fetch", "fetch the packages of an image now, so that its first job need not")


def _add(actions: Any, name: str, sentence: str) -> ArgumentParser:  # noqa: ANN401 - argparse's own type
    made: ArgumentParser = actions.add_parser(name, help=sentence, description=f"{sentence[0].upper()}{sentence[1:]}.")
    made.add_argument("image", help="a repository's name, repository:tag, or a whole URI")
    return made


def list_rows(home: Path, *, as_json: bool) -> list[dict[str, Any]]:
    """The images as rows of a table, or as JSON has them; raises ImageError."""
    try:
        rows = list_images(home)
    except ClientFailure as failure:
        raise _as_error(failure) from failure
    size = "bytes" if as_json else "size"
    return [
        {
            "image": row.image,
            "stands": row.stands,
            "from": row.source,
            "environment": row.environment,
            size: row.bytes if as_json else "" if row.bytes is None else f"{row.bytes / 1e6:,.0f} MB",
        }
        for row in rows
    ]


def act(home: Path, options: Namespace, say: Say, on_measure: Measure | None = None) -> None:
    """Set, forget or fetch; raises ImageError. `on_measure` is told of the bytes that are fetched, else `say` is."""
    try:
        if options.action == "fetch":
            _fetch(home, options.image, say, on_measure)
        else:
            {"set": _set, "rm": _remove}[options.action](home, options, say)
    except ClientFailure as failure:
        raise _as_error(failure) from failure


def _as_error(failure: ClientFailure) -> ImageError:
    return ImageError(str(failure).removeprefix("ClientError: "))


def _set(home: Path, options: Namespace, say: Say) -> None:
    given = {
        "program": shlex.split(options.program) if options.program is not None else None,
        "python": _absolute(options.python),
        "packages": options.packages,
        "requirements": _absolute(options.requirements),
        "docker": options.docker or None,
    }
    document = {name: value for name, value in given.items() if value is not None}
    if not document:
        raise ImageError(
            "Nothing was given that stands for the image; name --program, --python, --packages, --requirements or "
            "--docker."
        )
    mapped = parse_mapped(document)
    if mapped.python:
        get_interpreter(mapped.python)
    homes.make(home)
    save_mapping(home, {**load_mapping(home), options.image: mapped})
    say(f"{options.image} is set in {home / FILE}; jobs that start from now on have it.")


def _absolute(path: str | None) -> str | None:
    # Not resolved: an environment's interpreter is a link, and its folder what is meant.
    return None if path is None else os.path.abspath(Path(path).expanduser())  # noqa: PTH100


def _remove(home: Path, options: Namespace, say: Say) -> None:
    mapping = load_mapping(home)
    if options.environment:
        freed = remove_layers(home, options.image)
        say(f"The packages of {options.image} are removed: {freed / 1e6:,.0f} MB.")
    if options.image in mapping:
        del mapping[options.image]
        save_mapping(home, mapping)
        say(f"{options.image} is no longer in {home / FILE}.")
    elif not options.environment:
        raise ImageError(f"{options.image} is not in {home / FILE}, which has {json.dumps(sorted(mapping))}.")


def _fetch(home: Path, image: str, say: Say, on_measure: Measure | None) -> None:
    environment = find_environment(home, image)
    if not environment.layers:
        say(f"{image} has no packages of its own; it runs with those of its interpreter.")
        return
    for sentence in (*environment.notes, *(() if is_made(environment) else environment.costs)):
        say(sentence)
    make(environment, say, lambda: False, on_measure)
    say(f"The packages of {image} are there.")
