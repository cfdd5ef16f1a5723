"""Which program stands for a container image, and in which environment: the one question that all who start one ask.

An image that `images.json` in the local AWS's home gives to Docker runs itself. Of any other the words are an entry
point that the request gives, else the program of `images.json`, else the stand-in of a built-in algorithm or of a
framework's model server. The packages are those that `images.json` names, else those of the catalogue for AWS's images
of frameworks, else the product's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from localaws.failures import ClientFailure
from localaws.images.advice import COMMAND
from localaws.images.builtin import WITHOUT_STAND_IN, find_algorithm, find_processor, find_server, repository
from localaws.images.catalogue.frameworks import find_catalogued
from localaws.images.docker import build_image
from localaws.images.environments.environment import PRODUCT, Environment
from localaws.images.mapping import FILE, Mapped, find_mapped, load_mapping
from localaws.images.program import Program


def find_program(
    home: Path, image: str, verb: str, entrypoint: Sequence[str] | None, arguments: Sequence[str] | None
) -> Program:
    """The program for an image; `verb` is what SageMaker adds where no entry point is given (train, serve)."""
    found = find_mapped(load_mapping(home), image)
    mapped = found[1] if found else Mapped()
    if mapped.docker:
        return Program((), docker=build_image(image, verb, entrypoint, arguments))
    if entrypoint:
        words: Sequence[str] = [*entrypoint, *(arguments or [])]
    elif mapped.program:
        words = [*mapped.program, *(arguments or [verb])]
    elif algorithm := find_algorithm(image):
        # A stand-in installs nothing, so it needs no environment of its own where what it needs is installed.
        environment = None if find_spec(algorithm.library) else find_environment(home, image)
        return Program(tuple(algorithm.words(verb)), environment=environment)
    elif verb == "process" and (processor := find_processor(image)):
        words, libraries = processor
        environment = None if all(map(find_spec, libraries)) else find_environment(home, image)
        return Program((*words, *(arguments or [])), environment=environment)
    elif verb == "serve" and (server := find_server(image)):
        words = server
    else:
        raise ClientFailure(
            f"{_describe(image)} cannot run here: there is no Docker, and it has neither an entry point nor a program; "
            f"name one with `{COMMAND} set {repository(image)} --program 'python3 /path/to/program.py'`, or in "
            f"{home / FILE}: "
            f"{json.dumps({repository(image): ['python3', '/path/to/program.py']})}."
        )
    # What images.json names is this machine's owner's choice; a job's entry point is not.
    readable = () if entrypoint else tuple(_list_folders(words))
    return Program(tuple(words), readable=readable, environment=find_environment(home, image))


def runs_in_docker(home: Path, image: str) -> bool:
    """Whether the image itself runs, which does all that stand-ins do for others."""
    found = find_mapped(load_mapping(home), image)
    return found is not None and found[1].docker


def _list_folders(words: Sequence[str]) -> Iterator[Path]:
    """Where the files lie that a program names: a file's folder with the modules beside it, unless it is a home."""
    for word in words:
        if word.startswith("/") and Path(word).is_file():
            folder = Path(word).parent
            yield Path(word) if Path.home().is_relative_to(folder) else folder


def _describe(image: str) -> str:
    name = repository(image)
    if name in WITHOUT_STAND_IN:
        return f"The built-in algorithm {name} has no stand-in; its image {image}"
    return f"The image {image}"


def find_environment(home: Path, image: str) -> Environment:
    """The packages of an image: as it is mapped, of the catalogue, or the product's own."""
    found = find_mapped(load_mapping(home), image)
    mapped = found[1] if found else Mapped()
    if not (mapped.python or mapped.packages or mapped.requirements):
        return replace(find_catalogued(image) or PRODUCT, image=image)
    listed = (*mapped.packages, *_load_requirements(mapped))
    # An interpreter without packages has its own; packages alone are all that there is.
    bare = bool(listed) and mapped.python is None
    return Environment(mapped.python, bare=bare, image=image).with_packages(listed)


def _load_requirements(mapped: Mapped) -> list[str]:
    if mapped.requirements is None:
        return []
    try:
        lines = mapped.requirements.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ClientFailure(f"The requirements {mapped.requirements} cannot be read: {error.strerror}.") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
