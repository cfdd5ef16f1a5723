"""Random shifts of hue, saturation and lightness for a whole batch at once."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# AWS gives the ranges in OpenCV's units, where hue has 180 steps and saturation and lightness have 255.
MAX_HUE_DEGREES = 36 * 2
MAX_SATURATION = 50 / 255
MAX_LIGHTNESS = 50 / 255
_ONE, _TWO, _TWELVE = np.float32(1), np.float32(2), np.float32(12)


def shift_colours(planes: Floats, rng: np.random.Generator) -> Floats:
    """Add one random value an image to each of hue, saturation and lightness.

    Takes and returns red, green and blue as (3, count, height, width), from 0 to 255.
    """
    limits = np.array([MAX_HUE_DEGREES, MAX_SATURATION, MAX_LIGHTNESS])
    shifts = rng.uniform(-limits, limits, size=(planes.shape[1], 3)).astype(np.float32)
    hue, saturation, lightness = to_hsl(planes / np.float32(255))
    by_image = shifts.T[:, :, np.newaxis, np.newaxis]
    hue += by_image[0]
    saturation += by_image[1]
    lightness += by_image[2]
    shifted = to_rgb(hue, saturation.clip(0, 1, out=saturation), lightness.clip(0, 1, out=lightness))
    shifted *= np.float32(255)
    return shifted


def to_hsl(planes: Floats) -> tuple[Floats, Floats, Floats]:
    """Split red, green and blue (first axis), from 0 to 1, into hue in degrees, saturation and lightness (0 to 1)."""
    red, green, blue = planes
    highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    spread, total = highest - lowest, highest + lowest
    # A grey has no spread: any divisor will do there, for its numerators are 0.
    share = _ONE / np.where(spread > 0, spread, _ONE)
    sixth: Floats = np.where(
        highest == red,
        (green - blue) * share,
        np.where(highest == green, (blue - red) * share + _TWO, (red - green) * share + _TWO + _TWO),
    )
    saturation = spread / np.maximum(_ONE - np.abs(total - _ONE), np.float32(1e-6))
    return _wrap(sixth * np.float32(60), np.float32(360)), saturation, total / _TWO


def to_rgb(hue: Floats, saturation: Floats, lightness: Floats) -> Floats:
    """Join hue (any number of degrees), saturation and lightness (0 to 1) into colours (first axis) from 0 to 1."""
    chroma = saturation * np.minimum(lightness, _ONE - lightness)
    twelfth = hue / np.float32(30)
    planes = np.empty((3, *hue.shape), np.float32)
    for plane, offset in zip(planes, (0, 8, 4), strict=True):
        position = _wrap(twelfth + np.float32(offset), _TWELVE)
        reach = np.minimum(position - np.float32(3), np.float32(9) - position).clip(-1, 1)
        np.subtract(lightness, chroma * reach, out=plane)
    return planes


def _wrap(value: Floats, period: np.float32) -> Floats:
    """The remainder of a division, several times as quick as numpy's own."""
    wrapped: Floats = value - period * np.floor(value / period)
    return wrapped
