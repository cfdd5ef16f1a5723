"""images.json in the local AWS's home: what stands for which image, as the user wants it; `scones images` edits it.

A key is a repository's name, `repository:tag`, or a whole URI; what is more exact is taken first. A value is a list of
words (a program), or an object of the members below.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localaws import home as homes
from localaws.failures import ClientFailure

FILE = "images.json"
_MEMBERS = ("program", "python", "packages", "requirements", "docker")


@dataclass(frozen=True)
class Mapped:
    """What stands for an image: a program's words, an interpreter, packages and a file of requirements, or Docker."""

    program: tuple[str, ...] = ()
    python: Path | None = None
    packages: tuple[str, ...] = ()
    requirements: Path | None = None
    docker: bool = False

    @property
    def document(self) -> list[str] | dict[str, Any]:
        """As images.json has it."""
        if self.program and self == Mapped(self.program):
            return list(self.program)
        members = {
            "program": list(self.program),
            "python": str(self.python) if self.python else "",
            "packages": list(self.packages),
            "requirements": str(self.requirements) if self.requirements else "",
            "docker": self.docker,
        }
        return {name: value for name, value in members.items() if value}


def load_mapping(home: Path) -> dict[str, Mapped]:
    """All of images.json; raises ClientFailure with a sentence where it cannot be read as one."""
    file = home / FILE
    if not file.exists():
        return {}
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ClientFailure(f"{file} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ClientFailure(f'{file} is not a map such as {{"repository-name": ["program", "argument"]}}.')
    return {image: _parse(value, f"{file}: {image!r}") for image, value in document.items()}


def save_mapping(home: Path, mapping: Mapping[str, Mapped]) -> None:
    """Write images.json, whole or not at all."""
    text = json.dumps({image: mapped.document for image, mapped in sorted(mapping.items())}, indent=2)
    homes.draft(home / FILE, f"{text}\n").replace(home / FILE)


def find_mapped(mapping: Mapping[str, Mapped], image: str) -> tuple[str, Mapped] | None:
    """The entry for an image with its key: of its whole URI, else of `repository:tag`, else of the repository."""
    for key in keys_of(image):
        if key in mapping:
            return key, mapping[key]
    return None


def keys_of(image: str) -> list[str]:
    """What an entry for an image may be called, the most exact first."""
    path = image.split("@", 1)[0]
    name, _, tag = path.rsplit("/", 1)[-1].partition(":")
    return list(dict.fromkeys([image, f"{name}:{tag or 'latest'}", name]))


def parse_mapped(value: object) -> Mapped:
    """One value of images.json; raises ClientFailure with a sentence."""
    return _parse(value, "The entry")


def _parse(value: object, where: str) -> Mapped:
    if isinstance(value, list):
        return Mapped(program=_words(value, f"{where} is not a program;"))
    if not isinstance(value, dict) or not value:
        raise ClientFailure(f"{where} is not a list of words or an object; {_allowed()}")
    unknown = sorted(set(value) - set(_MEMBERS))
    if unknown:
        raise ClientFailure(f"{where} has {', '.join(unknown)}, which is no member; {_allowed()}")
    docker = value.get("docker", False)
    if not isinstance(docker, bool):
        raise ClientFailure(f"{where}: docker is {docker!r}; it must be true or false.")
    if docker and len(value) > 1:
        raise ClientFailure(f"{where} has docker, so the image itself runs; leave out the other members.")
    mapped = Mapped(
        _words(value["program"], f"{where}: program is not right;") if "program" in value else (),
        _path(value["python"], f"{where}: python") if "python" in value else None,
        _words(value["packages"], f"{where}: packages are not right;") if "packages" in value else (),
        _path(value["requirements"], f"{where}: requirements") if "requirements" in value else None,
        docker,
    )
    for requirement in mapped.packages:
        if requirement.startswith("-") or "\n" in requirement:
            raise ClientFailure(f"{where}: {requirement!r} is no package; name it as scikit-learn==1.2.2.")
    return mapped


def _allowed() -> str:
    return f"allowed are {', '.join(_MEMBERS)}; see docs/images.md."


def _words(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise ClientFailure(f'{what} it must be a list of words, such as ["python3", "/path/to/program.py"].')
    if not all(isinstance(word, str) and word for word in value):
        raise ClientFailure(f'{what} each word must be text, such as ["python3", "/path/to/program.py"].')
    return tuple(value)


def _path(value: object, what: str) -> Path:
    if not isinstance(value, str) or not Path(value).expanduser().is_absolute():
        raise ClientFailure(f"{what} is {value!r}; it must be an absolute path.")
    return Path(value).expanduser()
