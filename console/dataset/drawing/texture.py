"""Surfaces: gradients and grain, as arrays of a canvas's size."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from console.dataset.drawing.palette import Colour
from console.dataset.drawing.pen import CANVAS

Canvas = NDArray[np.float32]
"""Height x width x 3, values 0 to 255."""


def gradient(top: Colour, bottom: Colour) -> Canvas:
    """Return a canvas that goes from one colour at the top to another at the bottom."""
    share = np.linspace(0.0, 1.0, CANVAS, dtype=np.float32)[:, None, None]
    rows = (1 - share) * np.asarray(top, np.float32) + share * np.asarray(bottom, np.float32)
    return np.repeat(rows, CANVAS, axis=1)


def grain(rng: Generator, cells: tuple[int, int], strength: float) -> Canvas:
    """Return smooth random spots around zero: cells down and across the canvas, strength their deviation."""
    spots = rng.normal(0.0, strength, cells).astype(np.float32)
    smooth = Image.fromarray(spots).resize((CANVAS, CANVAS), Image.Resampling.BILINEAR)
    return np.repeat(np.asarray(smooth)[:, :, None], 3, axis=2)


def to_image(canvas: Canvas) -> Image.Image:
    """Return the canvas as an RGB image, values beyond the range clipped."""
    return Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
