"""Find and read the one .tar.gz of a job, which nobody vouches for: as a stream, member by member."""

import hashlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from common.archives import BadArchive, Limits, Member, read_tar
from common.jobs import Refusal

LIMITS = Limits(members=64, file_bytes=4 << 30, total_bytes=8 << 30)
PUBLISHED = "the published cifar-100-binary.tar.gz"
READ_BYTES = 1 << 20
"""At a time: between two reads the thread that unpacks waits for the one that sorts out what came before."""
UNHASHED = 4
"""Blocks of the archive, at most, that wait for their digest."""


@dataclass(frozen=True)
class Fingerprint:
    """What tells an archive from all others, for the manifest."""

    name: str
    bytes: int
    sha256: str


class Pass:
    """One pass over an archive's files, each to be read before the next is asked for.

    One thread may read while another takes the digest of what has been read: unpacking alone is most of the work.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name, self._file = name, file
        self._sha256 = hashlib.sha256()
        self._bytes = 0
        self._unhashed: deque[bytes] = deque()
        self._hashing = Lock()

    def __iter__(self) -> Iterator[Member]:
        return (member for member in read_tar(self, LIMITS, READ_BYTES) if not member.is_directory)

    def read(self, size: int, /) -> bytes:
        """Read the archive itself, and keep it until `digest`: so it need not be read once more for that."""
        block = self._file.read(size)
        self._unhashed.append(block)
        self._bytes += len(block)
        if len(self._unhashed) > UNHASHED:  # nobody takes the digest while files are passed over
            self.digest()
        return block

    def digest(self) -> None:
        """Take in what has been read so far."""
        with self._hashing:
            while self._unhashed:
                self._sha256.update(self._unhashed.popleft())

    def fingerprint(self) -> Fingerprint:
        """What tells the archive from all others, after the last of its files."""
        self.digest()
        return Fingerprint(self._name, self._bytes, self._sha256.hexdigest())


def find(directory: Path) -> Path:
    """The one archive in a directory; refuses none and several."""
    found = sorted(directory.glob("*.tar.gz")) if directory.is_dir() else []
    if len(found) == 1:
        return found[0]
    given = ", ".join(path.name for path in found) or "no such file"
    raise Refusal(
        f"{directory} holds {given}, where exactly one *.tar.gz is allowed: "
        "point the archive input at a folder with only the archive in CIFAR-100's binary layout."
    )


@contextmanager
def opened(path: Path) -> Iterator[Pass]:
    """Open an archive for one pass over it; refuses a bad archive.

    A pass to the end has read all of it, and verified its checksum.
    """
    try:
        with path.open("rb") as file:
            yield Pass(path.name, file)
    except BadArchive as error:
        size = path.stat().st_size
        raise Refusal(f"{path.name} ({size:,} bytes) cannot be used, as {error}: give {PUBLISHED}.") from error
