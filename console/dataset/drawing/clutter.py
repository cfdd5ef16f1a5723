"""Things that stand about: poles, boxes, bushes, passers-by, fences, tyres leant on a wall."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import Generator
from PIL import Image, ImageDraw

from console.dataset.drawing.palette import cloth, grey, hsv, skin
from console.dataset.drawing.pen import CANVAS

Thing = Callable[[ImageDraw.ImageDraw, Generator, float, float], None]
"""Draws itself with its foot at a canvas pixel, given as x and y."""


def draw_clutter(image: Image.Image, rng: Generator, count: int) -> None:
    """Draw a number of things about the horizon, for the background."""
    draw = ImageDraw.Draw(image)
    for _ in range(count):
        thing = _THINGS[rng.integers(len(_THINGS))]
        thing(draw, rng, rng.uniform(0, CANVAS), rng.uniform(0.5, 0.8) * CANVAS)


def draw_obstacle(image: Image.Image, rng: Generator) -> None:
    """Draw one thing close to the camera, so that it hides a part of the vehicle."""
    thing = _THINGS[rng.integers(len(_THINGS))]
    thing(ImageDraw.Draw(image), rng, rng.uniform(0, CANVAS), rng.uniform(0.85, 1.1) * CANVAS)


def _pole(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """A post or lantern."""
    draw.line([(x, 0), (x, y)], grey(rng, 0.1, 0.8), int(rng.integers(2, 9)))


def _box(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """A crate, a bin, a parked car's flank."""
    width, height = rng.uniform(8, 45), rng.uniform(8, 30)
    draw.rectangle((x - width / 2, y - height, x + width / 2, y), cloth(rng))


def _bush(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """A bush of a few round tufts."""
    for _ in range(5):
        radius = rng.uniform(4, 11)
        left, top = x + rng.normal(0, 8) - radius, y - rng.uniform(0, 16) - radius
        leaf = hsv(rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.7), rng.uniform(0.15, 0.6))
        draw.ellipse((left, top, left + 2 * radius, top + 2 * radius), leaf)


def _passer_by(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """A person who stands."""
    tall = rng.uniform(30, 70)
    wide = 0.14 * tall
    draw.rectangle((x - wide, y - 0.5 * tall, x + wide, y), cloth(rng))
    draw.rectangle((x - 1.3 * wide, y - 0.85 * tall, x + 1.3 * wide, y - 0.45 * tall), cloth(rng))
    draw.ellipse((x - 0.8 * wide, y - 1.08 * tall, x + 0.8 * wide, y - 0.85 * tall), skin(rng))


def _fence(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """Pickets and a rail."""
    colour, tall = grey(rng, 0.1, 0.9), rng.uniform(15, 45)
    for picket in range(5):
        draw.line([(x + 8 * picket, y - tall), (x + 8 * picket, y)], colour, 2)
    draw.line([(x, y - 0.8 * tall), (x + 32, y - 0.8 * tall)], colour, 2)


def _loose_wheel(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """A tyre or hoop that leans about, so that a round thing alone says nothing."""
    radius = rng.uniform(7, 18)
    draw.ellipse((x - radius, y - 2 * radius, x + radius, y), None, grey(rng, 0.05, 0.6), int(rng.integers(2, 8)))


_THINGS: tuple[Thing, ...] = (_pole, _box, _bush, _passer_by, _fence, _loose_wheel)
