"""Places where vehicles are photographed: a studio, a street, a wall, a meadow, a wood; and things in them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from console.dataset.drawing.pen import CANVAS, Colour, cloth, grey, hsv, shade, skin

Canvas = NDArray[np.float32]
"""Height x width x 3, values 0 to 255."""
Thing = Callable[[ImageDraw.ImageDraw, Generator, float, float], None]
"""Draws itself with its foot at a canvas pixel, given as x and y."""


def paint_scenery(rng: Generator) -> Image.Image:
    """Return a background of CANVAS x CANVAS pixels, most times with things that stand about in it."""
    places: tuple[Callable[[Generator], Image.Image], ...] = (_studio, _street, _wall, _meadow, _wood)
    place = places[rng.choice(len(places), p=(0.25, 0.25, 0.2, 0.2, 0.1))]
    image = place(rng)
    if place is not _studio:
        draw_clutter(image, rng, int(rng.integers(0, 5)))
    return image


def _studio(rng: Generator) -> Image.Image:
    if rng.random() < 0.5:
        value = rng.choice([0.12, 0.9, 0.97, 0.99])
        return to_image(gradient(hsv(0, 0, value), hsv(0, 0, value)))
    colour = cloth(rng)
    return to_image(gradient(colour, shade(colour, rng.uniform(0.6, 1.4))))


def _street(rng: Generator) -> Image.Image:
    far = grey(rng, 0.3, 0.9) if rng.random() < 0.5 else cloth(rng)
    asphalt = grey(rng, 0.2, 0.7)
    image = _ground(rng, gradient(far, shade(far, 0.9)), gradient(asphalt, shade(asphalt, 0.8)), 6.0)
    draw = ImageDraw.Draw(image)
    y = int(rng.uniform(0.45, 0.8) * CANVAS)
    draw.line([(0, y), (CANVAS, y + int(rng.integers(-12, 13)))], grey(rng, 0.4, 0.95), int(rng.integers(2, 7)))
    for _ in range(int(rng.integers(0, 5))):
        x = int(rng.integers(0, CANVAS))
        draw.rectangle((x, 8, x + int(rng.integers(8, 22)), 8 + int(rng.integers(12, 34))), grey(rng, 0.1, 0.6))
    return image


def _wall(rng: Generator) -> Image.Image:
    colour = hsv(rng.uniform(0.0, 0.12), rng.uniform(0.1, 0.6), rng.uniform(0.3, 0.85))
    floor = grey(rng, 0.2, 0.8)
    image = _ground(rng, gradient(colour, shade(colour, 0.9)), gradient(floor, floor), 7.0)
    draw = ImageDraw.Draw(image)
    joint, step = shade(colour, rng.uniform(0.6, 1.3)), int(rng.integers(8, 20))
    boards = rng.random() < 0.5
    for offset in range(0, int(0.7 * CANVAS), step):
        ends = [(offset * 1.4, 0), (offset * 1.4, 0.62 * CANVAS)] if boards else [(0, offset), (CANVAS, offset)]
        draw.line(ends, joint, 2)
    return image


def _meadow(rng: Generator) -> Image.Image:
    sky = hsv(rng.uniform(0.5, 0.65), rng.uniform(0.05, 0.5), rng.uniform(0.6, 1.0))
    grass = hsv(rng.uniform(0.08, 0.36), rng.uniform(0.25, 0.7), rng.uniform(0.3, 0.75))
    return _ground(rng, gradient(sky, shade(sky, 1.1)), gradient(grass, shade(grass, 0.7)), 12.0)


def _wood(rng: Generator) -> Image.Image:
    leaves = hsv(rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.7), rng.uniform(0.15, 0.5))
    soil = hsv(rng.uniform(0.05, 0.2), rng.uniform(0.2, 0.6), rng.uniform(0.25, 0.6))
    image = _ground(rng, gradient(leaves, leaves), gradient(soil, shade(soil, 0.8)), 14.0)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(3, 9))):
        x = int(rng.integers(0, CANVAS))
        draw.line(
            [(x, 0), (x, int(rng.uniform(0.5, 0.75) * CANVAS))],
            grey(rng, 0.12, 0.6),
            int(rng.integers(2, 10)),
        )
    return image


def _ground(rng: Generator, far: Canvas, near: Canvas, roughness: float) -> Image.Image:
    horizon = int(rng.uniform(0.3, 0.75) * CANVAS)
    far = far + grain(rng, (6, 8), roughness * rng.uniform(0.2, 1.5))
    near = near + grain(rng, (40, 32), roughness)
    return to_image(np.concatenate((far[:horizon], near[horizon:])))


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
    draw.line([(x, 0), (x, y)], grey(rng, 0.1, 0.8), int(rng.integers(2, 9)))


def _box(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    width, height = rng.uniform(8, 45), rng.uniform(8, 30)
    draw.rectangle((x - width / 2, y - height, x + width / 2, y), cloth(rng))


def _bush(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    for _ in range(5):
        radius = rng.uniform(4, 11)
        left, top = x + rng.normal(0, 8) - radius, y - rng.uniform(0, 16) - radius
        leaf = hsv(rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.7), rng.uniform(0.15, 0.6))
        draw.ellipse((left, top, left + 2 * radius, top + 2 * radius), leaf)


def _passer_by(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    tall = rng.uniform(30, 70)
    wide = 0.14 * tall
    draw.rectangle((x - wide, y - 0.5 * tall, x + wide, y), cloth(rng))
    draw.rectangle((x - 1.3 * wide, y - 0.85 * tall, x + 1.3 * wide, y - 0.45 * tall), cloth(rng))
    draw.ellipse((x - 0.8 * wide, y - 1.08 * tall, x + 0.8 * wide, y - 0.85 * tall), skin(rng))


def _fence(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    colour, tall = grey(rng, 0.1, 0.9), rng.uniform(15, 45)
    for picket in range(5):
        draw.line([(x + 8 * picket, y - tall), (x + 8 * picket, y)], colour, 2)
    draw.line([(x, y - 0.8 * tall), (x + 32, y - 0.8 * tall)], colour, 2)


def _loose_wheel(draw: ImageDraw.ImageDraw, rng: Generator, x: float, y: float) -> None:
    """A tyre or hoop that leans about, so that a round thing alone says nothing."""
    radius = rng.uniform(7, 18)
    draw.ellipse((x - radius, y - 2 * radius, x + radius, y), None, grey(rng, 0.05, 0.6), int(rng.integers(2, 8)))


_THINGS: tuple[Thing, ...] = (_pole, _box, _bush, _passer_by, _fence, _loose_wheel)
