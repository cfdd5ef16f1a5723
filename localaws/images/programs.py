"""Which program stands for a container image, as there is no Docker to run the image itself.

An image that is given an entry point runs that with this interpreter; a built-in algorithm has its stand-in; script
mode runs the script that the SDK uploaded; any other image can be mapped to a program in `images.json` in the local
AWS's home: {"repository-name": ["program", "argument"]}.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from localaws.failures import ClientFailure
from localaws.images.builtin import find_algorithm, repository
from localaws.images.program import Program


def find_program(
    home: Path, image: str, verb: str, entrypoint: Sequence[str] | None, arguments: Sequence[str] | None
) -> Program:
    """The program for an image; `verb` is what SageMaker adds where no entry point is given (train, serve)."""
    return Program(tuple(_words(home, image, verb, entrypoint, arguments)))


def _words(
    home: Path, image: str, verb: str, entrypoint: Sequence[str] | None, arguments: Sequence[str] | None
) -> Sequence[str]:
    if entrypoint:
        return [*entrypoint, *(arguments or [])]
    algorithm = find_algorithm(image)
    if algorithm:
        return algorithm.words(verb)
    mapped = _mapped(home).get(repository(image))
    if mapped:
        return [*mapped, *(arguments or [verb])]
    raise ClientFailure(
        f"The image {image} cannot run here: there is no Docker, and it has neither an entry point nor a program; "
        f"name one in {home / 'images.json'}, such as "
        f'{{"{repository(image)}": ["python3", "/path/to/program.py"]}}.'
    )


def _mapped(home: Path) -> dict[str, list[str]]:
    file = home / "images.json"
    if not file.exists():
        return {}
    try:
        mapped: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ClientFailure(f"{file} is not JSON: {error}.") from error
    if not isinstance(mapped, dict) or not all(map(_is_program, mapped.values())):
        raise ClientFailure(f'{file} is not a map such as {{"repository-name": ["program", "argument"]}}.')
    return mapped


def _is_program(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) for word in value)
