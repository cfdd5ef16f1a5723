"""Fit a picture to the model as the evaluation did: scale the shorter side, crop the centre.

The endpoint's container resizes whatever it gets without a crop, so what it gets must have the model's size already:
else the model is asked about other pixels than those its accuracy was measured on.
"""

from __future__ import annotations

from PIL import Image

from common.images import encode_png

CROP = 0.875
"""The part of the shorter side that the model sees: 28 of 32, 224 of 256."""


def to_png(image: Image.Image, size: int) -> bytes:
    """Encode an RGB picture as a PNG of `size` x `size` pixels; one that has the size already keeps its pixels."""
    if image.size != (size, size):
        image = _crop(_scale(image, round(size / CROP)), size)
    return encode_png(image)


def _scale(image: Image.Image, shorter: int) -> Image.Image:
    if min(image.size) == shorter:
        return image
    ratio = shorter / min(image.size)
    width, height = (max(shorter, round(side * ratio)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _crop(image: Image.Image, size: int) -> Image.Image:
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))
