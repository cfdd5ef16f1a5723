"""People on vehicles."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from console.dataset.drawing.pen import Pen, Point, cloth, paint, skin


@dataclass(frozen=True)
class Seat:
    """Where a vehicle holds its rider, in the vehicle's units."""

    hip: Point
    hand: Point
    foot: Point


def draw_rider(pen: Pen, rng: Generator, seat: Seat) -> None:
    """Draw a person who sits on the vehicle, bent forward more or less, with or without a helmet."""
    lean = rng.uniform(0.15, 0.6)
    shoulder = (seat.hip[0] + lean, seat.hip[1] + rng.uniform(0.65, 0.8))
    knee = ((seat.hip[0] + seat.foot[0]) / 2 + 0.32, (seat.hip[1] + seat.foot[1]) / 2 + 0.1)
    trousers, shirt = cloth(rng), cloth(rng)
    pen.line([seat.hip, knee, seat.foot], 0.2, trousers)
    pen.line([seat.hip, shoulder], 0.34, shirt)
    pen.line([shoulder, seat.hand], 0.14, shirt)
    head = (shoulder[0] + 0.08, shoulder[1] + 0.26)
    pen.disc(head, 0.19, skin(rng))
    if rng.random() < 0.6:
        pen.disc((head[0] - 0.02, head[1] + 0.06), 0.2, paint(rng))
