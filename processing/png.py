"""Write PNG without an image library: for thousands of small images most of a library's time is set-up.

The format is W3C's Portable Network Graphics, here always 8-bit RGB, no interlacing, rows unfiltered.
"""

import struct
import zlib
from functools import lru_cache

import numpy as np

from processing.image import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
STORED_BYTES = 1 << 14
"""Up to this size rows are stored, not deflated: a 32x32 photo shrinks by a tenth at twelve times the cost."""


def encode(pixels: Pixels) -> bytes:
    """The PNG file of an RGB image (height, width, 3) uint8; equal pixels give equal bytes."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    data = rows.tobytes()
    packed = _store(data) if len(data) <= STORED_BYTES else zlib.compress(data, level=1)
    return _head(width, height) + _chunk(b"IDAT", packed) + _END


def _store(data: bytes) -> bytes:
    """A zlib stream (RFC 1950) of one stored block (RFC 1951), without setting a compressor up for it."""
    size = len(data)
    return b"\x78\x01\x01" + struct.pack("<HH", size, size ^ 0xFFFF) + data + struct.pack(">I", zlib.adler32(data))


@lru_cache
def _head(width: int, height: int) -> bytes:
    return SIGNATURE + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


_END = _chunk(b"IEND", b"")
