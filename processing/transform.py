"""Change images on their way to disk: a square size, and augmented copies for training."""

import numpy as np
from PIL import Image

from processing.image import Pixels

SHIFT = 1 / 8
"""How far a copy moves, as a part of each side."""

BRIGHTNESS = 0.2
"""How much lighter or darker a copy may be."""


def resize(pixels: Pixels, side: int | None) -> Pixels:
    """Resample an image to side x side; None leaves it as it is."""
    if side is None or pixels.shape[:2] == (side, side):
        return pixels
    image = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.uint8)


def augment(pixels: Pixels, digest: str, copy: int, seed: int) -> Pixels:
    """Draw copy number `copy` of an image: mirrored or not, moved a little, lighter or darker.

    It depends on the image, the copy's number and the seed only, not on the order in which images come.
    """
    random = np.random.default_rng([seed, copy, int(digest[:16], 16)])
    mirrored = pixels[:, ::-1] if random.random() < 0.5 else pixels
    moved = _move(mirrored, random)
    light = 1 + random.uniform(-BRIGHTNESS, BRIGHTNESS)
    return np.clip(moved * light + 0.5, 0, 255).astype(np.uint8)


def _move(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Shift an image; what comes in at the edge mirrors what is there."""
    height, width, _ = pixels.shape
    down, right = int(height * SHIFT), int(width * SHIFT)
    padded = np.pad(pixels, ((down, down), (right, right), (0, 0)), mode="reflect")
    top, left = random.integers(0, 2 * down + 1), random.integers(0, 2 * right + 1)
    return padded[top : top + height, left : left + width]
