"""Where the user's pip finds packages, for jobs that do not see the user's home: settings without a password, folders.

https://pip.pypa.io/en/stable/topics/configuration/ has the files and the variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from common.masking import mask_value

FILE = "/var/pip.conf"
"""Where a program finds the user's settings; PIP_CONFIG_FILE names it."""
VARIABLE = "PIP_CONFIG_FILE"
_OF_THE_MACHINE = (Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf"))
_PLACES = re.compile(r"(?:file://)?(/[^\s,]+)")


def find_file(given: Mapping[str, str]) -> Path | None:
    """The user's settings; None where there are none, or where they tell a password."""
    configured = Path(given.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    for file in (configured / "pip" / "pip.conf", Path.home() / ".pip" / "pip.conf"):
        if file.is_file() and not _holds_secret(file):
            return file
    return None


def list_places(given: Mapping[str, str]) -> list[Path]:
    """Folders of packages and certificates on this machine that settings and variables name."""
    own = find_file(given)
    texts = [_load(file) for file in (*_OF_THE_MACHINE, *((own,) if own else ())) if file.is_file()]
    texts += [value for name, value in given.items() if name.startswith("PIP_")]
    found = [path for text in texts for path in _paths(text) if path != Path("/")]
    return [path for path in found if path.is_dir() or (path.is_file() and not _holds_secret(path))]


@lru_cache(maxsize=64)
def _paths(text: str) -> tuple[Path, ...]:
    return tuple(_parse_paths(text))


def _parse_paths(text: str) -> Iterator[Path]:
    for line in text.splitlines():
        value = line.partition("=")[2] if "=" in line else line
        for word in value.split():
            if found := _PLACES.fullmatch(word):
                path = Path(found[1])
                # An index's folder has the packages beside its pages.
                yield path.parent if path.name == "simple" else path


def _holds_secret(file: Path) -> bool:
    """Whether a file tells a secret; it is read where it has changed, as each program's start waits for this."""
    try:
        found = file.stat()
    except OSError:
        return True
    return _read_for_secret(file, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(maxsize=64)
def _read_for_secret(file: Path, *_identity: int) -> bool:
    text = _load(file)
    lines = (line.partition("=") for line in text.splitlines())
    return "PRIVATE KEY" in text or any(
        mask_value(name.strip(), value.strip()) != value.strip() for name, _, value in lines
    )


def _load(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def list_variables(given: Mapping[str, str]) -> dict[str, str]:
    """What leads a program's pip to the user's settings."""
    return {VARIABLE: FILE} if find_file(given) and not given.get(VARIABLE) else {}
