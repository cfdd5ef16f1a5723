"""Read a .tar.gz that nobody vouches for: as a stream, never extracting a member by its name."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from processing.refusal import Refusal

READ_AHEAD = 1 << 18
HEADER_ALLOWANCE = 1 << 20
MEMBER_LIMIT = 4 << 30
MEMBERS_LIMIT = 64
PUBLISHED = "the published cifar-100-binary.tar.gz"


@dataclass(frozen=True)
class Member:
    """One file inside the archive: read `content` before asking for the next."""

    name: str
    size: int
    content: IO[bytes]


class _Metered:
    """A decompressed stream that gives no more bytes than the tar headers have announced.

    It keeps a crafted header (an extended header of gigabytes, say) from filling the memory.
    """

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._allowance = 0

    def allow(self, size: int) -> None:
        self._allowance += size

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(READ_AHEAD if size < 0 else size)
        self._allowance -= len(data)
        if self._allowance < 0:
            raise Refusal(
                "the archive holds more bytes between its files than a tar archive needs, as a decompression "
                f"bomb does: give {PUBLISHED}."
            )
        return data


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
def opened(path: Path) -> Iterator[Iterator[Member]]:
    """Open an archive for one pass over its files; damage met on the way is told in words.

    The pass reaches the end of the compressed stream, so that its checksum has been verified.
    """
    size = path.stat().st_size
    try:
        with gzip.open(path) as stream:
            yield _members(_Metered(stream))
    except EOFError:
        raise Refusal(_truncated(path, size)) from None
    except tarfile.ReadError as error:
        if "unexpected end of data" in str(error):
            raise Refusal(_truncated(path, size)) from error
        raise Refusal(_not_an_archive(path, size, error)) from error
    except (gzip.BadGzipFile, zlib.error, tarfile.TarError) as error:
        raise Refusal(_not_an_archive(path, size, error)) from error


def _members(stream: _Metered) -> Iterator[Member]:
    stream.allow(HEADER_ALLOWANCE)
    readable = cast(IO[bytes], stream)  # a tar stream is only ever read
    with _telling():
        whole = tarfile.open(fileobj=readable, mode="r|", bufsize=READ_AHEAD)  # noqa: SIM115 - closed below
    with whole as tar:
        for count, header in enumerate(_headers(tar), start=1):
            _check(header, count)
            stream.allow(HEADER_ALLOWANCE + header.size)
            content = tar.extractfile(header)
            if content is not None:
                yield Member(str(PurePosixPath(header.name)), header.size, content)
                _drain(content)
    _drain(stream)


def _headers(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while True:
        with _telling():
            header = tar.next()
        if header is None:
            return
        yield header


@contextmanager
def _telling() -> Iterator[None]:
    """A broken header makes tarfile raise whatever its parts do: TypeError, ValueError, struct.error ..."""
    try:
        yield
    except (Refusal, tarfile.TarError, EOFError, OSError, zlib.error):
        raise
    except Exception as error:
        raise tarfile.ReadError(f"broken header: {error}") from error


def _check(header: tarfile.TarInfo, count: int) -> None:
    """Refuse what the published archive never holds: foreign paths, links, devices, bombs."""
    path = PurePosixPath(header.name)
    if path.is_absolute() or ".." in path.parts:
        raise Refusal(f"the archive holds the path {header.name!r}, which leads outside of it: give {PUBLISHED}.")
    if not (header.isdir() or header.isreg()) or header.issparse():
        raise Refusal(
            f"the archive holds {header.name!r}, a link or special file, where only plain files and folders "
            f"are allowed: give {PUBLISHED}."
        )
    if header.size > MEMBER_LIMIT or count > MEMBERS_LIMIT:
        raise Refusal(
            f"the archive's file number {count}, {header.name!r}, has {header.size:,} bytes, where "
            f"{MEMBERS_LIMIT} files of {MEMBER_LIMIT:,} bytes are allowed: give {PUBLISHED}."
        )


def _drain(content: IO[bytes] | _Metered) -> None:
    while content.read(READ_AHEAD):
        pass


def _truncated(path: Path, size: int) -> str:
    return (
        f"{path.name} ({size:,} bytes) is truncated: it ends before its contents do, where a whole "
        "archive is needed; download or upload it again and compare its MD5."
    )


def _not_an_archive(path: Path, size: int, error: Exception) -> str:
    return f"{path.name} ({size:,} bytes) is damaged or no gzip-compressed tar archive ({error}): give {PUBLISHED}."
