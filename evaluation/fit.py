"""Fit a picture to the net as the built-in algorithm does for inference: scale the shorter side, crop the centre."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CROP = 0.875
"""The part of the shorter side that the net sees: 28 of 32, 224 of 256."""


def fit(image: Image.Image, height: int, width: int) -> NDArray[np.float32]:
    """Turn a picture into (3, height, width), RGB from 0 to 255; what has the size already stays as it is.

    A 32x32 picture for a 28x28 net is cropped only: no pixel is resampled.
    """
    rgb = image.convert("RGB")
    if rgb.size != (width, height):
        rgb = _crop(_scale(rgb, round(max(height, width) / CROP)), height, width)
    return np.asarray(rgb, dtype=np.float32).transpose(2, 0, 1)


def _scale(image: Image.Image, shorter: int) -> Image.Image:
    if min(image.size) == shorter:
        return image
    ratio = shorter / min(image.size)
    size = (max(shorter, round(image.width * ratio)), max(shorter, round(image.height * ratio)))
    return image.resize(size, Image.Resampling.BILINEAR)


def _crop(image: Image.Image, height: int, width: int) -> Image.Image:
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))
