"""Random shifts of hue, saturation and lightness for a whole batch at once."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# AWS gives the ranges in OpenCV's units, where hue has 180 steps and saturation and lightness have 255.
MAX_HUE_DEGREES = 36 * 2
MAX_SATURATION = 50 / 255
MAX_LIGHTNESS = 50 / 255


def shift_colours(images: Floats, rng: np.random.Generator) -> Floats:
    """Add one random value an image to each of hue, saturation and lightness.

    Takes and returns (count, height, width, 3) red, green and blue from 0 to 255.
    """
    limits = np.array([MAX_HUE_DEGREES, MAX_SATURATION, MAX_LIGHTNESS])
    shifts = rng.uniform(-limits, limits, size=(len(images), 3)).astype(np.float32)
    hue, saturation, lightness = to_hsl(images / np.float32(255))
    by_image = shifts[:, :, np.newaxis, np.newaxis]
    return to_rgb(
        hue + by_image[:, 0],
        np.clip(saturation + by_image[:, 1], 0, 1),
        np.clip(lightness + by_image[:, 2], 0, 1),
    ) * np.float32(255)


def to_hsl(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """Split colours from 0 to 1 (last axis) into hue in degrees, saturation and lightness from 0 to 1."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    highest, lowest = rgb.max(axis=-1), rgb.min(axis=-1)
    spread = highest - lowest
    lightness = (highest + lowest) / 2
    # A grey has no spread: any divisor will do there, for its numerators are 0.
    divisor = np.where(spread > 0, spread, np.float32(1))
    sixth: Floats = np.where(
        highest == red,
        (green - blue) / divisor,
        np.where(highest == green, (blue - red) / divisor + 2, (red - green) / divisor + 4),
    )
    saturation = spread / np.maximum(1 - np.abs(2 * lightness - 1), 1e-6)
    hue: Floats = sixth * 60 % 360
    return hue, saturation, lightness


def to_rgb(hue: Floats, saturation: Floats, lightness: Floats) -> Floats:
    """Join hue (any number of degrees), saturation and lightness (0 to 1) into colours from 0 to 1."""
    chroma = saturation * np.minimum(lightness, 1 - lightness)
    channels = []
    for offset in (0, 8, 4):
        position = (offset + hue / 30) % 12
        channels.append(lightness - chroma * np.clip(np.minimum(position - 3, 9 - position), -1, 1))
    return np.stack(channels, axis=-1)
