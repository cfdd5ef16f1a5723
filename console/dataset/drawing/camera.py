"""The camera: light, blur, few pixels, noise."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from console.dataset.drawing.pen import CANVAS
from console.dataset.layout import SIDE

Picture = NDArray[np.uint8]
"""SIDE x SIDE x 3, red, green and blue."""


def photograph(scene: Image.Image, rng: Generator) -> Picture:
    """Return the picture that a cheap camera takes of the scene."""
    blurred = scene.filter(ImageFilter.GaussianBlur(_blur(rng)))
    small = np.asarray(blurred.reduce(CANVAS // SIDE), np.float32) / 255.0
    return _develop(_lit(small, rng), rng)


def _blur(rng: Generator) -> float:
    """Return the blur's radius in canvas pixels: mostly sharp, at times out of focus."""
    return rng.uniform(0.0, 1.2) if rng.random() < 0.8 else rng.uniform(1.2, 3.2)


def _lit(picture: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """Return the picture (values 0 to 1) under another light, at times without colour."""
    if rng.random() < 0.08:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    gamma = np.exp(rng.normal(-0.15, 0.25))
    contrast, middle = rng.uniform(0.75, 1.25), rng.uniform(0.4, 0.6)
    cast = rng.normal(1.0, 0.08, 3)
    lit = ((np.clip(picture, 0, 1) ** gamma - 0.5) * contrast + middle) * cast
    return lit.astype(np.float32)


def _develop(picture: NDArray[np.float32], rng: Generator) -> Picture:
    """Return the picture (values 0 to 1) with the sensor's noise, as bytes."""
    noisy = picture + rng.normal(0.0, rng.uniform(0.004, 0.026), picture.shape)
    return (np.clip(noisy, 0.0, 1.0) * 255).astype(np.uint8)
