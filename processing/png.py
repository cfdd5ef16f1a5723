"""Write PNG without an image library: for thousands of small images most of a library's time is set-up.

The format is W3C's Portable Network Graphics, here always 8-bit RGB, no interlacing, rows unfiltered.
"""

import struct
import zlib
from functools import lru_cache

import numpy as np

from processing.image import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BEFORE_ROWS = 8 + 7
"""After the head: the chunk's length and kind, then the headers of the zlib stream and of its stored block."""
_PACKED = struct.Struct(">I")
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


def encode_all(pixels: Pixels) -> Pixels:
    """The files of images of one small size, (images, height, width, 3), as one array (images, bytes of a file).

    Each is what `encode` makes of it, and is laid out once for all.
    """
    count, height, width, _ = pixels.shape
    if height * (1 + 3 * width) > STORED_BYTES:
        raise ValueError(f"images of {width}x{height} are deflated, each to its own length: encode them one by one")
    blank = encode(np.zeros((height, width, 3), dtype=np.uint8))
    files = np.empty((count, len(blank)), dtype=np.uint8)
    files[:] = np.frombuffer(blank, dtype=np.uint8)
    view_pixels(files, height, width)[:] = pixels
    content, start = files.reshape(-1).data, len(_head(width, height))
    first, last = start + _BEFORE_ROWS, start + _BEFORE_ROWS + height * (1 + 3 * width)
    for file in range(0, content.nbytes, len(blank)):
        _PACKED.pack_into(content, file + last, zlib.adler32(content[file + first : file + last]))
        checked = content[file + start + 4 : file + last + 4]
        _PACKED.pack_into(content, file + last + 4, zlib.crc32(checked))
    return files


def view_pixels(files: Pixels, height: int, width: int) -> Pixels:
    """The pixels (images, height, width, 3) of what `encode_all` made, where they stand in the files."""
    first = len(_head(width, height)) + _BEFORE_ROWS
    rows = files[:, first : first + height * (1 + 3 * width)].reshape(len(files), height, 1 + 3 * width)
    return rows[:, :, 1:].reshape(len(files), height, width, 3)


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
