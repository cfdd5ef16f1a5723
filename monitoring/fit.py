"""Fit a test picture to the model's size as the workflow does, so that baseline and captures show the same cut."""

from __future__ import annotations

import io

from PIL import Image

CROP = 0.875
"""The part of the shorter side that the model sees: 28 of 32, 224 of 256."""


def fit(image: Image.Image, size: int) -> bytes:
    """Encode an RGB picture as a PNG of `size` x `size` pixels; one that has the size keeps its pixels."""
    if image.size != (size, size):
        image = _crop(_scale(image, round(size / CROP)), size)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _scale(image: Image.Image, shorter: int) -> Image.Image:
    if min(image.size) == shorter:
        return image
    ratio = shorter / min(image.size)
    width, height = (max(shorter, round(side * ratio)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _crop(image: Image.Image, size: int) -> Image.Image:
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))
