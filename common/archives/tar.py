"""Read a .tar.gz as a stream: POSIX and GNU headers, for regular files and directories alone.

The format: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar and pax interchange format), and
https://www.gnu.org/software/tar/manual/html_node/Standard.html for GNU's long names and large numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from common.archives.metered import Gunzip, Meter
from common.archives.model import BadArchive, Limits, Member, Readable, Register, check_name, shown

BLOCK = 512
READ_BYTES = 1 << 16
_CHUNK = 1 << 18
_OCTAL = re.compile(rb"[ \0]*([0-7]*)[ \0]*")
_DIGITS = re.compile(rb"[0-9]{1,19}")
_RECORD = re.compile(rb"([0-9]{1,7}) ([^=]+)=")
_EXECUTABLE = 0o100
_REFUSED = {
    **{b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a named pipe"},
    b"S": "a sparse file",
}


@dataclass(frozen=True)
class _Header:
    kind: bytes
    name: bytes
    size: int
    mode: int


class _Content:
    """A file's bytes: as many as were announced, or a BadArchive."""

    def __init__(self, stream: Readable, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._stream.read(wanted)
        if len(block) < wanted:
            raise BadArchive("it is truncated: it ends within a file")
        self._left -= len(block)
        return block


def read_tar(file: Readable, limits: Limits, read_bytes: int = READ_BYTES) -> Iterator[Member]:
    """Yield the members of a .tar.gz in their order; what is not read of one is passed over.

    The pass reaches the end of the compressed stream, so that its checksum has been verified. Raises BadArchive.
    `read_bytes` of the file are taken at a time: many suit few large members, few suit many small ones.
    """
    stream = Gunzip(file, Meter(limits), read_bytes)
    register = Register(limits)
    for header in _read_headers(stream, limits):
        name = check_name(header.name)
        is_directory = _check_kind(header, name)
        if name:
            register.add(name, header.size, is_directory)
            content = _Content(stream, header.size)
            yield Member(name, header.size, is_directory, bool(header.mode & _EXECUTABLE), content)
            _pass_over(content)
            _read_exactly(stream, -header.size % BLOCK)
        elif not is_directory:
            raise BadArchive("it holds a file without a name")
    if len(stream.read(limits.header_bytes + 1)) > limits.header_bytes:
        raise BadArchive(f"it holds more than {limits.header_bytes:,} bytes after its last member")


def _read_headers(stream: Readable, limits: Limits) -> Iterator[_Header]:
    """Yield headers with their extensions applied, up to the end mark; the caller reads each file's content."""
    name, size = b"", -1
    while True:
        block = _read_exactly(stream, BLOCK)
        if not block.strip(b"\0"):
            return
        header = _parse(block)
        if header.kind == b"L":
            name = _read_extension(stream, header.size, limits).split(b"\0")[0]
        elif header.kind in (b"x", b"g"):
            records = _parse_records(_read_extension(stream, header.size, limits))
            _check_records(records, header.kind)
            name, size = records.get(b"path", name), _parse_size(records.get(b"size"), size)
        elif header.kind == b"K":
            raise BadArchive("it holds a link, where only files and directories are allowed")
        else:
            yield _Header(header.kind, name or header.name, header.size if size < 0 else size, header.mode)
            name, size = b"", -1


def _parse(block: bytes) -> _Header:
    """Read one header block; raises BadArchive where its checksum or a number in it is wrong."""
    if _parse_number(block[148:156]) != sum(block[:148]) + 8 * ord(" ") + sum(block[156:]):
        raise BadArchive("it is damaged or not a tar archive: a header's checksum is wrong")
    name = block[:100].split(b"\0")[0]
    if block[257:263] == b"ustar\0" and block[345]:
        name = block[345:500].split(b"\0")[0] + b"/" + name
    kind = block[156:157]
    if kind == b"\0":  # as tar wrote it before POSIX: a slash makes a directory
        kind = b"5" if name.endswith(b"/") else b"0"
    return _Header(kind, name, _parse_number(block[124:136]), _parse_number(block[100:108]))


def _parse_number(field: bytes) -> int:
    """Read octal digits, or GNU's form for large numbers: the highest bit set, then a big-endian number."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    octal = _OCTAL.fullmatch(field)
    if octal is None:
        raise BadArchive(f"it is damaged or not a tar archive: a header holds {shown(field)}, which is not a number")
    return int(octal[1] or b"0", 8)


def _parse_size(given: bytes | None, otherwise: int) -> int:
    if given is None:
        return otherwise
    if not _DIGITS.fullmatch(given):
        raise BadArchive(f"it is damaged: an extended header holds the size {shown(given)}")
    return int(given)


def _parse_records(data: bytes) -> dict[bytes, bytes]:
    """Read an extended header: records of `<length> <key>=<value><newline>`, the length their own."""
    records: dict[bytes, bytes] = {}
    data = data.rstrip(b"\0")
    start = 0
    while start < len(data):
        head = _RECORD.match(data, start)
        end = start + int(head[1]) if head else 0
        if head is None or end <= head.end() or data[end - 1 : end] != b"\n":
            raise BadArchive("it is damaged: an extended header has a record of another form or length")
        records[head[2]] = data[head.end() : end - 1]
        start = end
    return records


def _check_records(records: dict[bytes, bytes], kind: bytes) -> None:
    """Refuse what makes a member something else than its header says, and what would hold for all members."""
    if any(key.startswith(b"GNU.sparse.") for key in records):
        raise BadArchive("it holds a sparse file, where only plain files and directories are allowed")
    if b"linkpath" in records:
        raise BadArchive("it holds a link, where only files and directories are allowed")
    if kind == b"g" and records.keys() & {b"path", b"size"}:
        raise BadArchive("it gives all its members one name or size")


def _check_kind(header: _Header, name: str) -> bool:
    """Whether the member is a directory; raises BadArchive for anything else than that and a regular file."""
    if header.kind == b"0":
        return False
    if header.kind == b"5" and header.size == 0:
        return True
    what = _REFUSED.get(header.kind, f"a member of type {shown(header.kind)}")
    raise BadArchive(f"it holds {shown(name)}, {what}, where only files and directories are allowed")


def _read_extension(stream: Readable, size: int, limits: Limits) -> bytes:
    if size > limits.header_bytes:
        raise BadArchive(f"it holds a header of {size:,} bytes, where {limits.header_bytes:,} are allowed")
    return _read_exactly(stream, size + -size % BLOCK)[:size]


def _read_exactly(stream: Readable, size: int) -> bytes:
    block = stream.read(size)
    if len(block) < size:
        raise BadArchive("it is truncated, or not a tar archive: it ends before its end mark")
    return block


def _pass_over(content: Readable) -> None:
    while content.read(_CHUNK):
        pass
