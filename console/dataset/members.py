"""Walk through a gzip tar archive that may have been made to do harm, without unpacking it.

Only names and sizes that were checked are acted on, the stream is read once from front to back, and never
more of it than the headers seen account for.
"""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Final

from console.dataset.error import ArchiveError

MAX_MEMBERS: Final = 64
MAX_MEMBER_BYTES: Final = 1 << 30
"""The published train.bin has 153,700,000 bytes."""
HEADER_BYTES: Final = 1 << 16
"""What may be read to find the next member: long headers are the one thing that tarfile takes into memory."""


class MeteredGzip(gzip.GzipFile):
    """Unpacks a gzip file until an allowance, in bytes, is spent."""

    def __init__(self, file: IO[bytes], allowance: int) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._left = allowance

    def allow(self, size: int) -> None:
        """Set how many more bytes may be read."""
        self._left = size

    def read(self, size: int | None = -1) -> bytes:
        """Read up to size bytes; raises ArchiveError once more than the allowance has come."""
        block = super().read(size)
        self._left -= len(block)
        if self._left < 0:
            raise ArchiveError("the archive unpacks to far more than its members; do not trust it")
        return block


def read_members(file: IO[bytes]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield name, size in bytes and content of the plain files in a gzip tar archive, in its order.

    A content must be read before the next member is asked for. Raises ArchiveError for unsafe, repeated, too
    many or too large members, and lets gzip's, zlib's and tarfile's own errors for damage through.
    """
    with MeteredGzip(file, HEADER_BYTES) as stream:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            yield from _files(archive, stream)
        _read_to_the_end(stream)


def _files(archive: tarfile.TarFile, stream: MeteredGzip) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield the files, each checked before anything of it is read."""
    seen: set[str] = set()
    while (member := archive.next()) is not None:
        _check_member(member)
        name = str(PurePosixPath(member.name))
        if name in seen:
            raise ArchiveError(f"the member {name!r} is in it twice, and nobody can say which one counts")
        seen.add(name)
        if len(seen) > MAX_MEMBERS:
            raise ArchiveError(f"it has more than the {MAX_MEMBERS} members that are read at most")
        stream.allow(member.size + HEADER_BYTES)
        content = archive.extractfile(member)
        if content is not None:
            yield name, member.size, content


def _check_member(member: tarfile.TarInfo) -> None:
    """Refuse a member that is unsafe or too large."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name:
        raise ArchiveError(f"the member {member.name!r} would lie outside the archive's own folder; do not trust it")
    if not (member.isdir() or member.isfile()) or member.issparse():
        raise ArchiveError(f"the member {member.name!r} is a link or a device, and only plain files are taken")
    if member.size > MAX_MEMBER_BYTES:
        raise ArchiveError(f"the member {member.name!r} has {member.size:,} bytes, more than {MAX_MEMBER_BYTES:,}")


def _read_to_the_end(stream: MeteredGzip) -> None:
    """Read what follows the last member: padding, and then gzip compares its checksum."""
    stream.allow(HEADER_BYTES)
    while stream.read(HEADER_BYTES):
        pass
