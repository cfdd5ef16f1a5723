"""Motorcycles: fat tyres, between them a body: tank, engine, long seat, exhaust, lamp and fenders."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.random import Generator

from console.dataset.drawing.pen import Colour, Pen, Point, around, cloth, grey, metal, paint, rubber, shade
from console.dataset.drawing.rider import Seat, draw_rider

REAR: Point = (-1.0, 0.0)
FRONT: Point = (1.0, 0.0)


@dataclass(frozen=True)
class Build:
    """A machine's proportions and colours."""

    radius: float
    tyre: float
    seat: float
    steering: Point
    colour: Colour
    steel: Colour
    dark: Colour


def draw_motorcycle(pen: Pen, rng: Generator) -> None:
    """Draw a motorcycle; every call draws another one: roadster, sports, trail machine or scooter."""
    build = _build(rng)
    _draw_wheels(pen, rng, build)
    _draw_fenders(pen, rng, build)
    _draw_fork(pen, build)
    body = rng.random()
    if body < 0.2:
        _draw_scooter_body(pen, build)
    else:
        _draw_engine(pen, rng, build)
        _draw_exhaust(pen, rng, build)
        _draw_tank(pen, rng, build)
        if body < 0.4:
            _draw_fairing(pen, build)
    _draw_seat(pen, rng, build)
    _draw_cockpit(pen, rng, build)
    if rng.random() < 0.2:
        _draw_case(pen, rng, build)
    if rng.random() < 0.15:
        draw_rider(pen, rng, Seat(hip=(-0.35, build.seat + 0.12), hand=build.steering, foot=(0.05, -0.2)))


def _build(rng: Generator) -> Build:
    return Build(
        radius=rng.uniform(0.44, 0.58),
        tyre=rng.uniform(0.15, 0.26),
        seat=rng.uniform(0.45, 0.68),
        steering=(rng.uniform(0.42, 0.62), rng.uniform(0.92, 1.12)),
        colour=paint(rng),
        steel=metal(rng),
        dark=grey(rng, 0.08, 0.35),
    )


def _draw_wheels(pen: Pen, rng: Generator, build: Build) -> None:
    rubber_colour = rubber(rng)
    count, width = (5, 0.09) if rng.random() < 0.6 else (12, 0.02)
    for hub in (REAR, FRONT):
        pen.spokes(hub, build.radius - build.tyre / 2, count, rng.uniform(0, 1), width, build.steel)
        pen.ring(hub, build.radius - build.tyre / 2, build.tyre, rubber_colour)
        pen.ring(hub, build.radius - build.tyre, 0.03, build.steel)
        pen.disc(hub, 0.13, shade(build.steel, 0.7))


def _draw_fenders(pen: Pen, rng: Generator, build: Build) -> None:
    lift = 0.2 if rng.random() < 0.25 else 0.06
    reach = build.radius + lift
    pen.arc(REAR, reach, (0.2 * math.pi, rng.uniform(0.75, 1.05) * math.pi), 0.12, build.colour)
    pen.arc(FRONT, reach, (rng.uniform(0.05, 0.3) * math.pi, 0.75 * math.pi), 0.1, build.colour)


def _draw_fork(pen: Pen, build: Build) -> None:
    pen.line([build.steering, FRONT], 0.13, build.steel)
    pen.line([(-0.1, 0.0), REAR], 0.13, build.dark)
    pen.line([(-0.5, build.seat), (-0.9, 0.1)], 0.07, build.steel)


def _draw_engine(pen: Pen, rng: Generator, build: Build) -> None:
    pen.area([(-0.5, build.seat), (0.45, 0.7), (0.5, 0.0), (0.3, -0.28), (-0.3, -0.28), (-0.5, 0.1)], build.dark)
    pen.disc((-0.12, -0.02), 0.23, shade(build.steel, 0.75))
    pen.disc((-0.12, -0.02), 0.13, build.steel)
    lean = rng.uniform(-0.1, 0.2)
    for fin in range(4):
        y = 0.16 + 0.1 * fin
        pen.line([(-0.02 + lean * y, y), (0.32 + lean * y, y)], 0.05, build.steel)


def _draw_exhaust(pen: Pen, rng: Generator, build: Build) -> None:
    rise = rng.uniform(-0.22, 0.25)
    pipe = build.steel if rng.random() < 0.7 else build.dark
    pen.line([(0.34, 0.3), (0.46, 0.0), (0.3, -0.3), (-0.4, -0.28), (-0.7, rise)], 0.09, pipe)
    pen.line([(-0.6, rise - 0.06), (-1.35, rise + 0.06)], 0.17, shade(pipe, 1.1))


def _draw_tank(pen: Pen, rng: Generator, build: Build) -> None:
    top = build.seat + rng.uniform(0.28, 0.42)
    low = build.seat + 0.02
    drop = [(-0.15, low), (-0.05, low + 0.16), (0.2, top), (0.46, top - 0.04), (0.56, top - 0.2), (0.4, low)]
    pen.area(drop, build.colour)
    pen.line([(0.0, low + 0.14), (0.24, top - 0.06), (0.44, top - 0.08)], 0.05, shade(build.colour, 1.5))


def _draw_fairing(pen: Pen, build: Build) -> None:
    x, y = build.steering
    shell = [
        (-0.2, -0.1),
        (0.1, 0.55),
        (x, y),
        (0.82, 0.72),
        (0.86, 0.55),
        (0.55, 0.35),
        (0.42, -0.28),
        (0.0, -0.3),
    ]
    pen.area(shell, build.colour)
    pen.line([(0.0, 0.1), (0.5, 0.5)], 0.1, shade(build.colour, 0.5))
    pen.area([(x, y), (x + 0.1, y + 0.16), (0.84, 0.74)], (150, 165, 175))
    pen.area([(-0.5, build.seat), (-1.3, build.seat + 0.3), (-0.9, build.seat - 0.1)], build.colour)


def _draw_scooter_body(pen: Pen, build: Build) -> None:
    x, y = build.steering
    pen.area([(-1.35, 0.2), (-1.2, build.seat), (-0.3, build.seat), (-0.25, -0.2), (-0.6, -0.25)], build.colour)
    pen.line([(-0.4, -0.2), (0.3, -0.22)], 0.16, build.dark)
    pen.area([(0.2, -0.26), (0.45, -0.2), (x + 0.16, y - 0.1), (x - 0.06, y - 0.1)], shade(build.colour, 0.9))


def _draw_seat(pen: Pen, rng: Generator, build: Build) -> None:
    y = build.seat
    tail = rng.uniform(0.0, 0.25)
    seat = [
        (-0.05, y + 0.02),
        (-0.2, y + 0.15),
        (-0.6, y + 0.12),
        (-1.15, y + 0.18 + tail),
        (-1.1, y),
        (-0.6, y - 0.06),
    ]
    pen.area(seat, rubber(rng))


def _draw_cockpit(pen: Pen, rng: Generator, build: Build) -> None:
    x, y = build.steering
    reach = rng.uniform(0.1, 0.35)
    pen.line([(x, y - 0.05), (x - 0.02, y + 0.1), (x - reach, y + 0.1)], 0.07, build.dark)
    lamp = (x + 0.2, y - 0.22)
    pen.disc(lamp, 0.15, build.dark)
    pen.disc(around(lamp, 0.05, 0.0), 0.1, (245, 240, 205))
    pen.disc((-1.2, build.seat + 0.05), 0.07, (190, 30, 25))
    if rng.random() < 0.5:
        pen.disc((x - 0.04, y + 0.26), 0.07, build.dark)


def _draw_case(pen: Pen, rng: Generator, build: Build) -> None:
    y = build.seat - 0.3 if rng.random() < 0.5 else build.seat + 0.15
    pen.area([(-1.4, y + 0.38), (-0.8, y + 0.38), (-0.76, y), (-1.36, y)], cloth(rng))
