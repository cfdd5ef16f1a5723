"""One labelled picture: a place, what stands in it, what stands in the way, and the camera."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import Generator
from PIL import Image, ImageDraw

from console.dataset.drawing.bicycle import draw_bicycle
from console.dataset.drawing.camera import Picture, photograph
from console.dataset.drawing.clutter import draw_obstacle
from console.dataset.drawing.figure import draw_figure
from console.dataset.drawing.motorcycle import draw_motorcycle
from console.dataset.drawing.pen import Pen, Pose, random_pose
from console.dataset.drawing.scenery import paint_scenery
from console.dataset.layout import BICYCLE, MOTORCYCLE

_VEHICLES: dict[int, Callable[[Pen, Generator], None]] = {BICYCLE: draw_bicycle, MOTORCYCLE: draw_motorcycle}


def draw_picture(fine: int, rng: Generator) -> Picture:
    """Return a new 32x32 picture of a fine label's class; the generator's state decides everything in it."""
    scene = paint_scenery(rng)
    if fine in _VEHICLES:
        scene = _park(scene, rng, _VEHICLES[fine])
    else:
        draw_figure(scene, rng, fine)
    return photograph(scene, rng)


def _park(place: Image.Image, rng: Generator, draw_vehicle: Callable[[Pen, Generator], None]) -> Image.Image:
    """Return the place with a vehicle on it, more or less hazy, at times half hidden."""
    pose = random_pose(rng)
    scene = place.copy()
    _cast_shadow(scene, rng, pose)
    draw_vehicle(Pen(scene, pose), rng)
    hazy = Image.blend(place, scene, rng.uniform(0.8, 1.0))
    if rng.random() < 0.2:
        draw_obstacle(hazy, rng)
    return hazy


def _cast_shadow(scene: Image.Image, rng: Generator, pose: Pose) -> None:
    """Darken the ground below the vehicle, more or less."""
    x, y = pose.place((rng.uniform(-0.3, 0.3), -0.6))
    wide, high = 1.5 * pose.size * pose.squeeze, rng.uniform(0.06, 0.2) * pose.size
    draw = ImageDraw.Draw(scene, "RGBA")
    draw.ellipse((x - wide, y - high, x + wide, y + high), (0, 0, 0, int(rng.integers(0, 130))))
