"""A gzip stream that is decompressed in small blocks and stops at its limits."""

from __future__ import annotations

import zlib

from common.archives.model import BadArchive, Limits, Readable

_GZIP = zlib.MAX_WBITS | 16


class Meter:
    """Counts what comes out of an archive against its limits and against what went in."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._in = 0
        self._out = 0

    def count(self, given: int = 0, made: int = 0) -> None:
        """Take in so many bytes more; raises BadArchive when too many came out."""
        self._in += given
        self._out += made
        if self._out > self._limits.total_bytes:
            raise BadArchive(f"it unpacks to more than the {self._limits.total_bytes:,} bytes that are allowed")
        if self._out > self._limits.free_bytes + self._limits.ratio * self._in:
            raise BadArchive(
                f"{self._in:,} bytes of it unpack to more than {self._limits.ratio} times as many, "
                "as a decompression bomb does"
            )


class Gunzip:
    """The content of a gzip file, of its first and all further parts; the checksum of each is verified."""

    def __init__(self, file: Readable, meter: Meter, read_bytes: int) -> None:
        self._file = file
        self._meter = meter
        self._read_bytes = read_bytes
        self._packed = b""
        self._inflater = zlib.decompressobj(_GZIP)

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        blocks = []
        while size and (block := self._block(size)):
            blocks.append(block)
            size -= len(block)
        return b"".join(blocks)

    def _block(self, most: int) -> bytes:
        """Return at least one byte, or none at the end."""
        while True:
            if self._inflater.eof and not self._begin_next_part():
                return b""
            packed = self._packed or self._fill()
            try:
                block = self._inflater.decompress(packed, most)
            except zlib.error as error:
                raise BadArchive(f"it is damaged or not compressed with gzip ({error})") from error
            self._packed = self._inflater.unconsumed_tail
            self._meter.count(made=len(block))
            if block:
                return block
            if not packed and not self._inflater.eof:
                raise BadArchive("it is truncated: it ends before its contents do")

    def _begin_next_part(self) -> bool:
        """Whether there is more after the part that has ended; zeros are padding."""
        rest = self._inflater.unused_data.lstrip(b"\0")
        while not rest:
            filled = self._fill()
            if not filled:
                return False
            rest = filled.lstrip(b"\0")
        self._packed = rest
        self._inflater = zlib.decompressobj(_GZIP)
        return True

    def _fill(self) -> bytes:
        block = self._file.read(self._read_bytes)
        self._meter.count(given=len(block))
        return block
