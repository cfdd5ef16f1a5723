"""Places where vehicles are photographed: a studio, a street, a wall, a meadow, a wood."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from console.dataset.drawing.clutter import draw_clutter
from console.dataset.drawing.palette import cloth, grey, hsv, shade
from console.dataset.drawing.pen import CANVAS
from console.dataset.drawing.texture import Canvas, gradient, grain, to_image


def paint_scenery(rng: Generator) -> Image.Image:
    """Return a background of CANVAS x CANVAS pixels, most times with things that stand about in it."""
    places: tuple[Callable[[Generator], Image.Image], ...] = (_studio, _street, _wall, _meadow, _wood)
    place = places[rng.choice(len(places), p=(0.25, 0.25, 0.2, 0.2, 0.1))]
    image = place(rng)
    if place is not _studio:
        draw_clutter(image, rng, int(rng.integers(0, 5)))
    return image


def _studio(rng: Generator) -> Image.Image:
    """A plain backdrop: white, black, grey or coloured."""
    if rng.random() < 0.5:
        value = rng.choice([0.12, 0.9, 0.97, 0.99])
        return to_image(gradient(hsv(0, 0, value), hsv(0, 0, value)))
    colour = cloth(rng)
    return to_image(gradient(colour, shade(colour, rng.uniform(0.6, 1.4))))


def _street(rng: Generator) -> Image.Image:
    """Asphalt before houses or the sky, parted by a kerb."""
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
    """A wall of bricks or boards behind a floor."""
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
    """Grass, sand or a field under the sky."""
    sky = hsv(rng.uniform(0.5, 0.65), rng.uniform(0.05, 0.5), rng.uniform(0.6, 1.0))
    grass = hsv(rng.uniform(0.08, 0.36), rng.uniform(0.25, 0.7), rng.uniform(0.3, 0.75))
    return _ground(rng, gradient(sky, shade(sky, 1.1)), gradient(grass, shade(grass, 0.7)), 12.0)


def _wood(rng: Generator) -> Image.Image:
    """Trunks before dark leaves."""
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
    """Join what is far and the ground at a horizon, both with a grain of their own."""
    horizon = int(rng.uniform(0.3, 0.75) * CANVAS)
    far = far + grain(rng, (6, 8), roughness * rng.uniform(0.2, 1.5))
    near = near + grain(rng, (40, 32), roughness)
    return to_image(np.concatenate((far[:horizon], near[horizon:])))
