"""What an archive may hold: its limits, its members, their names, and the one error for everything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

NAME_BYTES = 1024
PART_BYTES = 255  # what a file name may have on the file systems in use
PARTS = 32
_SHOWN = 100
_DRIVE = re.compile(r"[A-Za-z]:")


class BadArchive(Exception):
    """An archive that is refused. The text is a clause about it, such as "it holds 'x' twice", without a full stop."""


@dataclass(frozen=True)
class Limits:
    """The most that an archive may hold. Each is counted as bytes come out, not as headers announce them."""

    members: int
    file_bytes: int
    """Of one file."""
    total_bytes: int
    """Of all that comes out of the decompressor, headers and padding included."""
    header_bytes: int = 1 << 16
    """Of one member's long name or extended header, and of what follows the last member."""
    ratio: int = 100
    """Bytes that may come out for each byte that went in, beyond the first `free_bytes`."""
    free_bytes: int = 32 << 20


class Readable(Protocol):
    """What gives bytes in order."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end; raises BadArchive where the archive is damaged."""


@dataclass(frozen=True)
class Member:
    """A regular file or a directory. Read `content` before asking for the next member."""

    name: str
    """Relative, with single slashes, without `.` and `..`."""
    size: int
    """In bytes. The content has exactly as many, or reading it raises BadArchive."""
    is_directory: bool
    is_executable: bool
    content: Readable

    def blocks(self, size: int = 1 << 18) -> Iterator[bytes]:
        """Yield the content in blocks of at most `size` bytes."""
        while block := self.content.read(size):
            yield block


class Register:
    """The names seen so far: each once, none within a file, and not too many of them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seen: dict[str, bool] = {}
        self._parents: set[str] = set()

    def add(self, name: str, size: int, is_directory: bool) -> None:
        """Take in a member by its name and the size that was announced; raises BadArchive where it may not be."""
        if name in self._seen:
            raise BadArchive(f"it holds {shown(name)} twice")
        parents = {name[:place] for place, letter in enumerate(name) if letter == "/"}
        if (name in self._parents and not is_directory) or any(self._seen.get(parent) is False for parent in parents):
            raise BadArchive(f"it holds {shown(name)} as a file and as a directory, or within a file")
        self._parents |= parents
        self._seen[name] = is_directory
        if len(self._seen) > self._limits.members:
            raise BadArchive(f"it holds more than the {self._limits.members:,} members that are allowed")
        if size > self._limits.file_bytes:
            most = self._limits.file_bytes
            raise BadArchive(f"it holds {shown(name)} of {size:,} bytes, where {most:,} are allowed for a file")


def check_name(raw: bytes) -> str:
    """Return a member's name in its plain form, "" for the archive's own top; raises BadArchive for an unsafe one."""
    if len(raw) > NAME_BYTES:
        raise BadArchive(f"it holds a name of {len(raw):,} bytes, where {NAME_BYTES:,} are allowed")
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadArchive(f"it holds the name {shown(raw)}, which is not UTF-8") from None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if "\0" in name or "\\" in name or name.startswith("/") or ".." in parts or _DRIVE.match(name):
        raise BadArchive(f"it holds the name {shown(name)}, which leads outside of it")
    if len(parts) > PARTS or any(len(part.encode()) > PART_BYTES for part in parts):
        raise BadArchive(
            f"it holds the name {shown(name)}, where {PARTS} parts of {PART_BYTES} bytes are allowed for a name"
        )
    return "/".join(parts)


def shown(name: str | bytes) -> str:
    """Return a name as a message shows it: quoted, control characters escaped, not too long."""
    return repr(name) if len(name) <= _SHOWN else f"{name[:_SHOWN]!r}..."
