"""The folders that a Python interpreter is made of, wherever it lies: its own, and those that it is based on."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_LINKS = 16


@lru_cache(maxsize=64)
def find_folders(python: Path) -> tuple[Path, ...]:
    """The prefixes of an interpreter: its environment's, that of the one which made it, and those its link leads by.

    With the packages of another environment that a .pth file of its own adds to its path.
    """
    found = [python.parent.parent]
    configuration = python.parent.parent / "pyvenv.cfg"
    if configuration.is_file():
        found.append(_home(configuration))
    link = python
    for _ in range(_LINKS):
        if not link.is_symlink():
            break
        link = Path(os.path.normpath(link.parent / link.readlink()))
        found.append(link.parent.parent)
    found.append(python.resolve().parent.parent)
    found += _borrowed(python.parent.parent)
    return tuple(dict.fromkeys(folder for folder in found if folder.is_absolute()))


def _borrowed(prefix: Path) -> Iterator[Path]:
    """https://docs.python.org/3/library/site.html says what a .pth file is."""
    for file in prefix.glob("lib/python*/site-packages/*.pth"):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            folder = Path(line.strip())
            if folder.name in ("site-packages", "dist-packages") and folder.is_dir():
                yield folder


def find_user_base() -> Path | None:
    """Where packages of the user alone lie (`pip install --user`), if our interpreter finds them."""
    found = Path(site.getusersitepackages())
    return Path(site.getuserbase()) if site.ENABLE_USER_SITE and found.is_dir() else None


def find_user_packages(python: Path) -> tuple[Path, ...]:
    """The folder of those packages, for our own interpreter."""
    base = find_user_base() if python == Path(sys.executable) else None
    return (Path(site.getusersitepackages()),) if base else ()


def _home(configuration: Path) -> Path:
    for line in configuration.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home":
            return Path(value.strip()).parent
    return configuration.parent
