"""Write members below one directory: never through a link, never over a file, and nothing stays of a failure."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from common.archives.model import BadArchive, Member, shown

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class Folder:
    """An empty directory, made where it is missing, to be filled within a `with` block.

    When the block ends with an error, the directory is emptied.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise FileExistsError(f"{path} is not empty; unpack into a directory of its own")
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> Folder:
        self._descriptor = os.open(self._path, _OPEN_FOLDER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._empty()
        finally:
            os.close(self._descriptor)

    def write(self, member: Member, name: str | None = None) -> None:
        """Write a member under its own name, or under another relative one that the caller vouches for."""
        *parents, last = (member.name if name is None else name).split("/")
        try:
            descriptor = self._make([*parents, last] if member.is_directory else parents)
            try:
                if not member.is_directory:
                    _write(member, last, descriptor)
            finally:
                os.close(descriptor)
        except (FileExistsError, NotADirectoryError):
            raise BadArchive(f"it holds {shown(member.name)}, which takes the place of another") from None

    def _make(self, parts: list[str]) -> int:
        """Make the directories that are missing and return a descriptor of the last."""
        descriptor = os.dup(self._descriptor)
        for part in parts:
            try:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=descriptor)
                inner = os.open(part, _OPEN_FOLDER, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = inner
        return descriptor

    def _empty(self) -> None:
        for name in os.listdir(self._descriptor):  # noqa: PTH208 - of a descriptor, not of a path
            if stat.S_ISDIR(os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mode):
                shutil.rmtree(name, dir_fd=self._descriptor)
            else:
                os.unlink(name, dir_fd=self._descriptor)


def unpack(members: Iterable[Member], path: Path) -> None:
    """Write all members below a new or empty directory; raises BadArchive, and then nothing stays of them."""
    with Folder(path) as folder:
        for member in members:
            folder.write(member)


def _write(member: Member, name: str, folder: int) -> None:
    descriptor = os.open(name, _CREATE, 0o755 if member.is_executable else 0o644, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as file:
        for block in member.blocks():
            file.write(block)
