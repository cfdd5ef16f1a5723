"""An image that a person is shown: pixels and nothing else, whatever the file held and was called."""

from __future__ import annotations

import io
from math import sqrt

from PIL import Image

MOST_PIXELS = 1024 * 1024
"""What ingest_image keeps of an image: a copy that a person labels is curated with the same pixels as its original."""


def bare_png(image: Image.Image) -> bytes:
    """Encode an RGB image as a PNG without metadata, scaled down to MOST_PIXELS where it has more."""
    return encode(_fit(image))


def encode(image: Image.Image) -> bytes:
    """Encode an RGB image as a PNG of its pixels alone: Pillow would write a colour profile of the original into it."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", image.size, image.tobytes()).save(buffer, "PNG")
    return buffer.getvalue()


def _fit(image: Image.Image) -> Image.Image:
    pixels = image.width * image.height
    if pixels <= MOST_PIXELS:
        return image
    scale = sqrt(MOST_PIXELS / pixels)
    size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)
