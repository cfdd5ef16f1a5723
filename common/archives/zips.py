"""Read a .zip by its central directory, which is measured before it is read; stored and deflated members alone."""

from __future__ import annotations

import stat
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

from common.archives.metered import Meter
from common.archives.model import BadArchive, Limits, Member, Register, check_name, shown

# An entry of the directory has 46 bytes, a name and extra fields. What follows it is found in the last 64 KiB.
_ENTRY_BYTES = 512
_TAIL_BYTES = 1 << 17
_CHUNK = 1 << 18
_UNIX = 3
_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)


class _Guarded:
    """The file, which gives at most `most` bytes at once: zipfile reads the directory as a whole."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self.most = most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1, /) -> bytes:
        if size > self.most:
            raise BadArchive(f"its directory has {size:,} bytes, where {self.most:,} are allowed")
        return self._file.read(self.most if size < 0 else size)


class _Content:
    def __init__(self, stream: IO[bytes], size: int, meter: Meter) -> None:
        self._stream = stream
        self._left = size
        self._meter = meter

    def read(self, size: int, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        blocks = []
        while wanted:
            with _told():
                block = self._stream.read(min(wanted, _CHUNK))
            if not block:
                raise BadArchive("it is truncated: it ends within a file")
            self._meter.count(made=len(block))
            blocks.append(block)
            wanted -= len(block)
            self._left -= len(block)
        return b"".join(blocks)


def read_zip(file: BinaryIO, limits: Limits) -> Iterator[Member]:
    """Yield the members of a .zip in its directory's order. Raises BadArchive.

    All names and kinds are checked before the first member is given, and a checksum when its member has been read.
    """
    meter = Meter(limits)
    meter.count(given=file.seek(0, 2))
    guarded = _Guarded(file, limits.members * _ENTRY_BYTES + _TAIL_BYTES)
    with _told():
        archive = zipfile.ZipFile(cast(IO[bytes], guarded))
    guarded.most = sys.maxsize  # from here on, what is read at once is what the caller asks for
    with archive:
        names = _check_entries(archive.infolist(), limits)
        for name, entry in zip(names, archive.infolist(), strict=True):
            if not name:
                continue
            with _told():
                stream = archive.open(entry)
            with stream:
                executable = bool((entry.external_attr >> 16) & stat.S_IXUSR)
                content = _Content(stream, entry.file_size, meter)
                yield Member(name, entry.file_size, entry.is_dir(), executable, content)


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> list[str]:
    register = Register(limits)
    names = []
    for entry in entries:
        name = check_name(entry.orig_filename.encode("utf-8", "surrogateescape"))
        kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == _UNIX else 0
        if kind not in _KINDS or (kind == stat.S_IFDIR) > entry.is_dir() or (entry.is_dir() and entry.file_size):
            raise BadArchive(f"it holds {shown(name)}, a link or special file, where only files and directories are")
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise BadArchive(f"it holds {shown(name)}, which is encrypted, or compressed otherwise than by deflate")
        if name:
            register.add(name, entry.file_size, entry.is_dir())
        names.append(name)
    return names


@contextmanager
def _told() -> Iterator[None]:
    """zipfile raises whatever its parts do for a damaged file: zlib.error, struct.error, NotImplementedError ..."""
    try:
        yield
    except BadArchive:
        raise
    except Exception as error:
        raise BadArchive(f"it is damaged or not a zip archive ({error})") from error
