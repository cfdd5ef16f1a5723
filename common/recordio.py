"""RecordIO, MXNet's packed form of a data set: a file of records, each an image's labels and its encoded bytes.

A record: the magic number, three bits and 29 bits of length, the bytes, and zeros to the next multiple of four
(https://github.com/dmlc/dmlc-core/blob/main/include/dmlc/recordio.h). Bytes that hold the magic number are cut there
into several parts, and lack it. Before the image stand a flag, a label, and two numbers that name it; with a flag above
0, that many labels follow (https://github.com/apache/mxnet/blob/1.9.1/python/mxnet/recordio.py).
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAGIC = struct.pack("<I", 0xCED7230A)
_WORD = 4
_LENGTH_BITS = 29
_WHOLE, _FIRST, _MIDDLE, _LAST = range(4)
_HEADER = struct.Struct("<IfQQ")


class BadRecords(ValueError):
    """A file that is not RecordIO to its end; the message is a part of a sentence."""


@dataclass(frozen=True)
class Record:
    """An image's labels and encoded bytes."""

    labels: tuple[float, ...]
    image: bytes


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a file one after the other. Raises BadRecords."""
    with path.open("rb") as file:
        left = path.stat().st_size
        while left:
            content, size = _read_content(file, left)
            left -= size
            yield _parse_record(content)


def write_records(images: Iterable[tuple[int, bytes]], target: Path) -> int:
    """Write (class, encoded image) pairs as records that are numbered from 0; return how many there were."""
    number = -1
    with target.open("wb") as file:
        for number, (label, image) in enumerate(images):
            file.write(_format_content(_HEADER.pack(0, float(label), number, 0) + image))
    return number + 1


def _format_content(content: bytes) -> bytes:
    """Cut a record's bytes wherever a whole word of them is the magic number, so that a reader finds each start."""
    parts: list[bytes] = []
    start = 0
    at = content.find(_MAGIC)
    while at >= 0:
        if at % _WORD == 0:
            parts.append(_format_part(_MIDDLE if parts else _FIRST, content[start:at]))
            start = at + _WORD
        at = content.find(_MAGIC, at + 1 if at % _WORD else start)
    parts.append(_format_part(_LAST if parts else _WHOLE, content[start:]))
    return b"".join(parts)


def _format_part(kind: int, part: bytes) -> bytes:
    head = struct.pack("<I", kind << _LENGTH_BITS | len(part))
    return _MAGIC + head + part + bytes(-len(part) % _WORD)


def _read_content(file: BinaryIO, left: int) -> tuple[bytes, int]:
    """Read one record, of one or several parts, and how many bytes of the file it had."""
    parts: list[bytes] = []
    size = 0
    while True:
        kind, part, taken = _read_part(file, left - size)
        size += taken
        if kind not in ((_MIDDLE, _LAST) if parts else (_WHOLE, _FIRST)):
            raise BadRecords("a record's parts are out of order")
        parts.append(part)
        if kind in (_WHOLE, _LAST):
            return _MAGIC.join(parts), size


def _read_part(file: BinaryIO, left: int) -> tuple[int, bytes, int]:
    head = file.read(2 * _WORD)
    if len(head) < 2 * _WORD:
        raise BadRecords("it is truncated")
    if head[:_WORD] != _MAGIC:
        raise BadRecords("a record does not begin with the magic number")
    (word,) = struct.unpack("<I", head[_WORD:])
    length = word & ((1 << _LENGTH_BITS) - 1)
    padded = -(-length // _WORD) * _WORD
    if padded > left - 2 * _WORD:
        raise BadRecords("it is truncated")
    return word >> _LENGTH_BITS, file.read(padded)[:length], 2 * _WORD + padded


def _parse_record(content: bytes) -> Record:
    if len(content) < _HEADER.size:
        raise BadRecords("a record is too short for its header")
    flag, label, _, _ = _HEADER.unpack_from(content)
    rest = content[_HEADER.size :]
    if not flag:
        return Record((label,), rest)
    if flag * _WORD > len(rest):
        raise BadRecords("a record is too short for its labels")
    return Record(struct.unpack_from(f"<{flag}f", rest), rest[flag * _WORD :])
