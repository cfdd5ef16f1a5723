"""Simple figures for the 98 classes that are neither bicycle nor motorcycle."""

from __future__ import annotations

import math

from numpy.random import Generator
from PIL import Image, ImageDraw

from console.dataset.drawing.palette import hsv, shade
from console.dataset.drawing.pen import CANVAS, Point, around

GOLDEN = 0.618034
"""Steps of this share of a turn keep the hues of neighbouring classes far apart."""


def draw_figure(image: Image.Image, rng: Generator, fine: int) -> None:
    """Draw the star or polygon of a class: corners, spikes, hue and stripes follow from its fine label."""
    colour = hsv(fine * GOLDEN, 0.4 + 0.5 * (fine % 3) / 2, rng.uniform(0.5, 0.9))
    centre = (CANVAS / 2 + rng.normal(0, 8), CANVAS / 2 + rng.normal(0, 8))
    outline = _outline(
        centre, CANVAS * rng.uniform(0.25, 0.45), 3 + fine % 7, 1.0 - 0.2 * (fine // 7 % 4), rng.uniform(0, 7)
    )
    draw = ImageDraw.Draw(image)
    draw.polygon(outline, colour)
    for stripe in range(fine // 28):
        y = centre[1] + 14 * (stripe - 1)
        draw.line([(centre[0] - 30, y), (centre[0] + 30, y)], shade(colour, 0.4), 5)


def _outline(centre: Point, radius: float, corners: int, waist: float, turn: float) -> list[Point]:
    """Return a polygon whose every second corner lies at a share, the waist, of the radius."""
    angles = [turn + math.tau * index / (2 * corners) for index in range(2 * corners)]
    return [around(centre, radius * (waist if index % 2 else 1.0), angle) for index, angle in enumerate(angles)]
