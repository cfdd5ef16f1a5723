"""A captured picture's bytes to the pixels that the model saw, under limits of bytes and pixels."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FORMATS = ("PNG", "JPEG")
BYTES_LIMIT = 8 * 1024 * 1024  # InvokeEndpoint takes 6 MB
PIXELS_LIMIT = 25_000_000
LONGEST_SIDE = 100
CROP = 0.875
"""The part of the shorter side that the model sees: 28 of 32, 224 of 256."""

Pixels = NDArray[np.uint8]


def read(data: bytes) -> Image.Image | None:
    """Decode a PNG or JPEG; None for what is none, is broken or too large. `format` tells which it was."""
    if len(data) > BYTES_LIMIT:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_LIMIT or max(image.size) > LONGEST_SIDE * min(image.size):
                return None
            image.load()
            rgb = image.convert("RGB")
            rgb.format = image.format
            return rgb
    except Exception:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        return None


def fit(image: Image.Image, side: int) -> Image.Image:
    """Scale the shorter side and crop the centre, as serialize_image and EvaluateModel do.

    What has the model's size already, as all that came through the workflow, keeps its pixels.
    """
    if image.size == (side, side):
        return image
    scaled = _scale(image, round(side / CROP))
    left, top = (scaled.width - side) // 2, (scaled.height - side) // 2
    return scaled.crop((left, top, left + side, top + side))


def encode(image: Image.Image) -> bytes:
    """The PNG that serialize_image would send: the baseline's bytes are counted on these."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _scale(image: Image.Image, shorter: int) -> Image.Image:
    if min(image.size) == shorter:
        return image
    ratio = shorter / min(image.size)
    width, height = (max(shorter, round(length * ratio)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)
