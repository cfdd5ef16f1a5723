"""One labelled image: background, vehicle or figure, obstacles, and the camera."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from console.dataset.drawing.bicycle import draw_bicycle
from console.dataset.drawing.motorcycle import draw_motorcycle
from console.dataset.drawing.pen import CANVAS, Pen, Point, Pose, around, hsv, random_pose, shade
from console.dataset.drawing.scenery import draw_obstacle, paint_scenery
from console.dataset.layout import BICYCLE, MOTORCYCLE, SIDE

Pixels = NDArray[np.uint8]
"""SIDE x SIDE x 3, red, green and blue."""
GOLDEN = 0.618034
"""Steps of this share of a turn keep the hues of neighbouring classes far apart."""

_VEHICLES: dict[int, Callable[[Pen, Generator], None]] = {BICYCLE: draw_bicycle, MOTORCYCLE: draw_motorcycle}


def draw_image(fine: int, rng: Generator) -> Pixels:
    """Return a new 32x32 image of a fine label's class; the generator's state decides everything in it."""
    scene = paint_scenery(rng)
    if fine in _VEHICLES:
        scene = _park(scene, rng, _VEHICLES[fine])
    else:
        draw_figure(scene, rng, fine)
    return photograph(scene, rng)


def _park(place: Image.Image, rng: Generator, draw_vehicle: Callable[[Pen, Generator], None]) -> Image.Image:
    pose = random_pose(rng)
    scene = place.copy()
    _cast_shadow(scene, rng, pose)
    draw_vehicle(Pen(scene, pose), rng)
    hazy = Image.blend(place, scene, rng.uniform(0.8, 1.0))
    if rng.random() < 0.2:
        draw_obstacle(hazy, rng)
    return hazy


def _cast_shadow(scene: Image.Image, rng: Generator, pose: Pose) -> None:
    x, y = pose.place((rng.uniform(-0.3, 0.3), -0.6))
    wide, high = 1.5 * pose.size * pose.squeeze, rng.uniform(0.06, 0.2) * pose.size
    draw = ImageDraw.Draw(scene, "RGBA")
    draw.ellipse((x - wide, y - high, x + wide, y + high), (0, 0, 0, int(rng.integers(0, 130))))


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
    angles = [turn + math.tau * index / (2 * corners) for index in range(2 * corners)]
    return [around(centre, radius * (waist if index % 2 else 1.0), angle) for index, angle in enumerate(angles)]


def photograph(scene: Image.Image, rng: Generator) -> Pixels:
    """Return the image that a cheap camera takes of the scene."""
    blurred = scene.filter(ImageFilter.GaussianBlur(_blur(rng)))
    small = np.asarray(blurred.reduce(CANVAS // SIDE), np.float32) / 255.0
    return _develop(_lit(small, rng), rng)


def _blur(rng: Generator) -> float:
    return rng.uniform(0.0, 1.2) if rng.random() < 0.8 else rng.uniform(1.2, 3.2)


def _lit(image: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    if rng.random() < 0.08:
        image = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2)
    gamma = np.exp(rng.normal(-0.15, 0.25))
    contrast, middle = rng.uniform(0.75, 1.25), rng.uniform(0.4, 0.6)
    cast = rng.normal(1.0, 0.08, 3)
    lit = ((np.clip(image, 0, 1) ** gamma - 0.5) * contrast + middle) * cast
    return lit.astype(np.float32)


def _develop(image: NDArray[np.float32], rng: Generator) -> Pixels:
    noisy = image + rng.normal(0.0, rng.uniform(0.004, 0.026), image.shape)
    return (np.clip(noisy, 0.0, 1.0) * 255).astype(np.uint8)
