"""Colours that things have: paint, rubber, metal, skin, cloth."""

from __future__ import annotations

import colorsys

from numpy.random import Generator

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """Return the colour of a hue (any real, one turn a unit), a saturation and a value (0 to 1)."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour made darker (factor below 1) or lighter (above 1)."""
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def grey(rng: Generator, low: float, high: float) -> Colour:
    """Return a nearly neutral grey with a value between low and high (0 to 1)."""
    return hsv(rng.random(), rng.uniform(0.0, 0.12), rng.uniform(low, high))


def paint(rng: Generator) -> Colour:
    """Return a lacquer: mostly a strong colour, at times black, white or silver."""
    if rng.random() < 0.35:
        return grey(rng, 0.08, 0.95)
    return hsv(rng.random(), rng.uniform(0.45, 0.95), rng.uniform(0.35, 0.95))


def cloth(rng: Generator) -> Colour:
    """Return the colour of a garment."""
    return hsv(rng.random(), rng.uniform(0.1, 0.8), rng.uniform(0.15, 0.9))


def skin(rng: Generator) -> Colour:
    """Return a skin colour."""
    return hsv(rng.uniform(0.04, 0.09), rng.uniform(0.25, 0.55), rng.uniform(0.4, 0.95))


def rubber(rng: Generator) -> Colour:
    """Return the colour of a tyre, dark and at times dusty."""
    return grey(rng, 0.06, 0.30)


def metal(rng: Generator) -> Colour:
    """Return bare or chromed metal."""
    return grey(rng, 0.45, 0.90)
