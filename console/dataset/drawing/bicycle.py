"""Bicycles: two large thin wheels, a frame of tubes with air between, saddle, handlebar and chain ring."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.random import Generator

from console.dataset.drawing.pen import Colour, Pen, Point, around, cloth, grey, metal, paint, rubber, shade
from console.dataset.drawing.rider import Seat, draw_rider

REAR: Point = (-1.0, 0.0)
FRONT: Point = (1.0, 0.0)


@dataclass(frozen=True)
class Frame:
    """Where a frame's tubes meet, and their thickness and lacquer."""

    crank: Point
    seat: Point
    head: Point
    tube: float
    colour: Colour
    step_through: bool

    @property
    def saddle(self) -> Point:
        return self.seat[0] - 0.05, self.seat[1] + 0.2

    @property
    def grip(self) -> Point:
        return self.head[0] - 0.04, self.head[1] + 0.16


def draw_bicycle(pen: Pen, rng: Generator) -> None:
    """Draw a bicycle; every call draws another one: racing, city, mountain, child's, loaded or ridden."""
    radius = rng.uniform(0.56, 0.74)
    frame = _build_frame(rng)
    _draw_wheels(pen, rng, radius)
    if rng.random() < 0.35:
        _draw_fenders(pen, rng, radius)
    _draw_frame(pen, frame)
    _draw_drive(pen, rng, frame)
    _draw_saddle(pen, rng, frame)
    _draw_handlebar(pen, rng, frame)
    if rng.random() < 0.3:
        _draw_load(pen, rng, frame, radius)
    if rng.random() < 0.15:
        draw_rider(pen, rng, Seat(hip=frame.saddle, hand=frame.grip, foot=around(frame.crank, 0.2, -1.2)))


def _build_frame(rng: Generator) -> Frame:
    height = rng.uniform(0.62, 0.88)
    return Frame(
        crank=(rng.uniform(-0.22, -0.08), rng.uniform(-0.12, 0.0)),
        seat=(rng.uniform(-0.48, -0.36), height),
        head=(rng.uniform(0.56, 0.68), height + rng.uniform(0.0, 0.14)),
        tube=rng.uniform(0.09, 0.14),
        colour=paint(rng),
        step_through=rng.random() < 0.3,
    )


def _draw_wheels(pen: Pen, rng: Generator, radius: float) -> None:
    width = rng.uniform(0.08, 0.14)
    tyre = rubber(rng) if rng.random() < 0.8 else paint(rng)
    rim, spokes = metal(rng), metal(rng)
    for hub in (REAR, FRONT):
        pen.spokes(hub, radius, int(rng.integers(8, 17)), rng.uniform(0, 1), 0.01, spokes)
        pen.ring(hub, radius - 0.9 * width, 0.04, rim)
        pen.ring(hub, radius, width, tyre)
        pen.disc(hub, 0.07, shade(rim, 0.6))


def _draw_fenders(pen: Pen, rng: Generator, radius: float) -> None:
    colour = grey(rng, 0.1, 0.9)
    pen.arc(REAR, radius + 0.08, (0.25 * math.pi, 1.05 * math.pi), 0.05, colour)
    pen.arc(FRONT, radius + 0.08, (0.15 * math.pi, 0.85 * math.pi), 0.05, colour)


def _draw_frame(pen: Pen, frame: Frame) -> None:
    neck = (frame.head[0] + 0.06, frame.head[1] - 0.2)
    joint = frame.seat
    if frame.step_through:
        joint = ((frame.seat[0] + frame.crank[0]) / 2, (frame.seat[1] + frame.crank[1]) / 2)
    stay = 0.75 * frame.tube
    pen.line([frame.crank, REAR, frame.seat], stay, shade(frame.colour, 0.85))
    pen.line([frame.seat, frame.crank], frame.tube, frame.colour)
    pen.line([frame.crank, neck], frame.tube, frame.colour)
    pen.line([joint, frame.head], frame.tube, frame.colour)
    pen.line([frame.grip, neck, (0.9, 0.25), FRONT], 0.8 * frame.tube, shade(frame.colour, 0.9))
    pen.line([frame.seat, frame.saddle], 0.05, (120, 120, 125))


def _draw_drive(pen: Pen, rng: Generator, frame: Frame) -> None:
    turn = rng.uniform(0, math.tau)
    steel = grey(rng, 0.1, 0.6)
    pen.line([around(frame.crank, 0.13, math.pi / 2), (-1.0, 0.06)], 0.025, steel)
    pen.line([around(frame.crank, 0.13, -math.pi / 2), (-1.0, -0.06)], 0.025, steel)
    pen.ring(frame.crank, 0.13, 0.06, steel)
    for side in (turn, turn + math.pi):
        x, y = around(frame.crank, 0.27, side)
        pen.line([frame.crank, (x, y)], 0.05, steel)
        pen.line([(x - 0.08, y), (x + 0.08, y)], 0.05, shade(steel, 0.5))


def _draw_saddle(pen: Pen, rng: Generator, frame: Frame) -> None:
    x, y = frame.saddle
    pen.area([(x - 0.22, y + 0.07), (x + 0.22, y + 0.03), (x + 0.05, y - 0.03), (x - 0.18, y - 0.04)], rubber(rng))


def _draw_handlebar(pen: Pen, rng: Generator, frame: Frame) -> None:
    x, y = frame.grip
    colour = grey(rng, 0.05, 0.6)
    bars: tuple[list[Point], ...] = (
        [(x, y), (x + 0.2, y + 0.02), (x + 0.26, y - 0.1), (x + 0.14, y - 0.22), (x + 0.04, y - 0.2)],
        [(x - 0.1, y + 0.06), (x + 0.14, y + 0.02)],
        [(x, y), (x + 0.02, y + 0.16), (x - 0.26, y + 0.18)],
    )
    pen.line(bars[rng.integers(len(bars))], 0.06, colour)


def _draw_load(pen: Pen, rng: Generator, frame: Frame, radius: float) -> None:
    x, y = frame.grip
    top = radius + 0.15
    loads: tuple[list[Point], ...] = (
        [(x + 0.12, y - 0.04), (x + 0.58, y), (x + 0.5, y - 0.32), (x + 0.16, y - 0.32)],
        [(-1.3, top), (-0.72, top), (-0.8, top - 0.5), (-1.25, top - 0.5)],
        [(-1.35, top + 0.4), (-0.7, top + 0.4), (-0.7, top), (-1.35, top)],
    )
    pen.area(loads[rng.integers(len(loads))], cloth(rng))
