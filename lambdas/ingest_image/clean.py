"""A picture as it is kept: pixels and nothing else, in one encoding, so that equal pictures are equal files."""

from __future__ import annotations

import hashlib
import io
from math import sqrt

from PIL import Image

from ingest_image.picture import read
from ingest_image.settings import Limits

COMPRESSION = 9


def clean(data: bytes, limits: Limits) -> bytes:
    """The picture as a PNG without metadata, scaled down where it is larger than what is kept; raises Refusal."""
    image = _fit(read(data, limits), limits.most_kept_pixels)
    bare = Image.frombytes("RGB", image.size, image.tobytes())  # profile, text and EXIF stay behind
    buffer = io.BytesIO()
    bare.save(buffer, "PNG", compress_level=COMPRESSION)
    return buffer.getvalue()


def name(png: bytes) -> str:
    """What a cleaned picture is called. Another build of zlib may pack it otherwise: PrepareData compares pixels."""
    return hashlib.sha256(png).hexdigest()


def _fit(image: Image.Image, most_pixels: int) -> Image.Image:
    pixels = image.width * image.height
    if pixels <= most_pixels:
        return image
    scale = sqrt(most_pixels / pixels)
    size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)
