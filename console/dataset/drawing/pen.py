"""Colours, and a pen that draws in a vehicle's own units, seen through a pose.

A vehicle's units: the rear hub is at (-1, 0), the front hub at (1, 0), y points up. So one unit is half a
wheelbase, whichever size, side or angle the vehicle is seen from.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""
CANVAS = 128
"""Pixels along the drawing's side: four times the image's, so that thin spokes survive as faint ones."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Pose:
    """How a vehicle stands before the camera.

    centre and size are in canvas pixels (size: pixels a unit), tilt in radians, squeeze is the share of the
    length that is left when it is seen at an angle, vanishing how much smaller its far end looks.
    """

    centre: Point
    size: float
    tilt: float
    squeeze: float
    vanishing: float
    facing: int

    def depth(self, x: float) -> float:
        """Return how many times farther away than the middle a point at x is."""
        return 1.0 + self.vanishing * x

    def place(self, point: Point) -> Point:
        """Return the canvas pixel of a point in the vehicle's units."""
        x = self.facing * self.squeeze * point[0] / self.depth(point[0])
        y = point[1] / self.depth(point[0])
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        return (
            self.centre[0] + self.size * (x * cos - y * sin),
            self.centre[1] - self.size * (x * sin + y * cos),
        )


def random_pose(rng: Generator) -> Pose:
    """Return a pose as people photograph vehicles: mostly from the side, at times cut off or at an angle."""
    squeeze = rng.uniform(0.8, 1.0) if rng.random() < 0.7 else rng.uniform(0.55, 0.8)
    size = CANVAS / 3.3 * rng.uniform(0.75, 1.12)
    roam = 0.10 * CANVAS
    return Pose(
        centre=(CANVAS / 2 + rng.uniform(-roam, roam), 0.62 * CANVAS + rng.uniform(-roam, roam)),
        size=size,
        tilt=rng.normal(0.0, 0.10),
        squeeze=squeeze,
        vanishing=rng.uniform(-1.0, 1.0) * 0.35 * (1.05 - squeeze),
        facing=1 if rng.random() < 0.5 else -1,
    )


class Pen:
    """Draws lines, areas and wheels on an image through a pose; lengths are in the vehicle's units."""

    def __init__(self, image: Image.Image, pose: Pose) -> None:
        self.pose = pose
        self._draw = ImageDraw.Draw(image)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        thickness = max(1, round(width * self.pose.size / self.pose.depth(points[0][0])))
        self._draw.line([self.pose.place(p) for p in points], colour, thickness, joint="curve")

    def area(self, points: Sequence[Point], colour: Colour) -> None:
        self._draw.polygon([self.pose.place(p) for p in points], colour)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        self.area(arc_points(centre, radius, 0.0, math.tau), colour)

    def ring(self, centre: Point, radius: float, width: float, colour: Colour) -> None:
        """Draw a circle's line, with what is behind it left to be seen inside."""
        self.arc(centre, radius, (0.0, math.tau), width, colour)

    def arc(self, centre: Point, radius: float, between: Point, width: float, colour: Colour) -> None:
        self.line(arc_points(centre, radius, *between), width, colour)

    def spokes(self, hub: Point, radius: float, count: int, turn: float, width: float, colour: Colour) -> None:
        for index in range(count):
            self.line([hub, around(hub, radius, turn + math.tau * index / count)], width, colour)


def around(centre: Point, radius: float, angle: float) -> Point:
    """Return the point of a circle at an angle in radians."""
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def arc_points(centre: Point, radius: float, start: float, end: float) -> list[Point]:
    """Return points along a circle between two angles, about 24 for a whole turn."""
    steps = max(2, math.ceil(24 * abs(end - start) / math.tau))
    return [around(centre, radius, start + (end - start) * i / steps) for i in range(steps + 1)]


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
