"""Which program stands for a container image, as there is no Docker to run the image itself.

The built-in image classification algorithm has its stand-in; an image that is given an entry point runs that with
this interpreter; script mode runs the script that the SDK uploaded; any other image can be mapped to a program in
`images.json` in the local AWS's home: {"repository-name": ["program", "argument"]}.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from localaws.jobs.failures import ClientFailure

STAND_IN = ["python3", "-m", "localaws.algorithms.image_classification"]
_STAND_INS = {"image-classification": STAND_IN}
# What the built-in algorithm's own definitions find in its log lines; a job may not bring others.
BUILTIN_METRICS = [
    {"Name": f"{channel}:{metric}", "Regex": rf"{channel.capitalize()}-{metric}=([0-9.]+)"}
    for channel in ("train", "validation")
    for metric in ("accuracy", "cross-entropy")
]


def repository(image: str) -> str:
    """The repository's name in an image URI: `registry/name:tag` and `registry/name@digest` answer `name`."""
    name = image.rsplit("/", 1)[-1]
    return name.split("@")[0].split(":")[0]


def is_builtin(image: str) -> bool:
    """Whether the image is a built-in algorithm that a stand-in runs."""
    return repository(image) in _STAND_INS


def command(
    home: Path, image: str, verb: str, entrypoint: Sequence[str] | None, arguments: Sequence[str] | None
) -> list[str]:
    """The program for an image; `verb` is what SageMaker adds where no entry point is given (train, serve)."""
    if is_builtin(image):
        return [*_STAND_INS[repository(image)], verb]
    if entrypoint:
        return [*entrypoint, *(arguments or [])]
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
