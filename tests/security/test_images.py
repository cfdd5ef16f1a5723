"""Hostile images at each of the seven readers: refused with a message, at once, and before they fill the memory."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ingest_image.clean import clean
from ingest_image.errors import Refusal as IngestRefusal
from ingest_image.settings import LIMITS as INGEST_LIMITS
from PIL import ExifTags, Image
from serialize_image.serialize import decode as serialize

from common import images
from common.jobs import Refusal
from common.jobs import Refusal as EvaluationRefusal
from common.workflow import BadPicture
from evaluation.split import Split
from localaws.algorithms.image_classification.images import ImageError, decode
from monitoring.images import decode as monitor
from processing.curated import load

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_SECONDS, MOST_BYTES = 2.0, 64 << 20


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *chunks: bytes, mode: int = 2) -> bytes:
    """A PNG whose header claims this size, with these `chunks`."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, mode, 0, 0, 0))
    return SIGNATURE + header + b"".join(chunks) + _chunk(b"IEND", b"")


def _saved(kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "x" * 60_000
    return exif


ZEROS = zlib.compress(bytes(8 << 20), 9)
JPEG = _saved("JPEG", exif=_exif())
LINE = "a line of pixels"
HOSTILE = {
    "a header of a thousand million pixels": _png(32_000, 32_000, _chunk(b"IDAT", ZEROS)),
    "a header of the most that PNG can say": _png(2**31 - 1, 2**31 - 1),
    "a header of nothing": _png(0, 0),
    LINE: _png(2**24, 1, _chunk(b"IDAT", ZEROS)),
    "text that unpacks to gigabytes": _png(
        64, 64, *[_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(90 << 20), 9))] * 4
    ),
    "no pixels": _png(64, 64),
    "a chunk longer than the file": SIGNATURE + struct.pack(">I", 2**31 - 1) + b"IHDR",
    "half a PNG": _saved("PNG")[:2000],
    "half a JPEG": JPEG[: len(JPEG) // 2],
    "a TIFF": _saved("TIFF"),
    "a GIF under another name": _saved("GIF"),
    "a PostScript program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "nothing": b"",
}


def _from_file(read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def write(data: bytes) -> object:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "one.png"
            path.write_bytes(data)
            return read(path)

    return write


READERS: dict[str, tuple[Callable[[bytes], object], type[Exception] | None]] = {
    "serialize_image": (lambda data: serialize(data, images.Limits()), BadPicture),
    "filter_confidence": (lambda data: images.read(data, images.Limits()), images.BadImage),
    "ingest_image": (lambda data: clean(data, INGEST_LIMITS), IngestRefusal),
    "PrepareData": (_from_file(load), Refusal),
    "EvaluateModel": (_from_file(lambda path: Split("test", path.parent, [], []).open(path.name)), EvaluationRefusal),
    "monitoring": (monitor, None),
    "the algorithm": (lambda data: decode(data, 3), ImageError),
}
# A line is within the limits of those who read what was checked before.
TRUSTING = ("PrepareData", "EvaluateModel", "the algorithm")
PAIRS = [(reader, image) for reader in READERS for image in HOSTILE if image != LINE or reader not in TRUSTING]


@pytest.mark.parametrize(("reader", "image"), PAIRS)
def test_a_hostile_image_is_refused_in_words_at_once_and_unread(reader: str, image: str) -> None:
    read, refusal = READERS[reader]
    tracemalloc.start()
    began = time.monotonic()
    try:
        if refusal is None:
            assert read(HOSTILE[image]) is None
        else:
            with pytest.raises(refusal):
                read(HOSTILE[image])
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < MOST_SECONDS


@pytest.mark.parametrize("reader", READERS)
def test_an_image_whose_exif_is_a_bomb_loses_it_or_is_refused(reader: str) -> None:
    # A directory that names itself as the next one, and a value of four billion items.
    ifd = struct.pack("<HHHII", 1, 0x0112, 3, 2**32 - 1, 8) + struct.pack("<I", 8)
    bomb = b"Exif\0\0II*\0" + struct.pack("<I", 8) + ifd
    data = JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(bomb) + 2) + bomb + JPEG[2:]
    read, refusal = READERS[reader]
    with suppress(refusal or ()):
        read(data)


def test_what_is_curated_carries_nothing_but_pixels() -> None:
    kept = clean(JPEG, INGEST_LIMITS)
    assert b"xxxx" not in kept
    assert not Image.open(io.BytesIO(kept)).info
