"""When each step of an execution ran, along the time in which any of them did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.progress.snapshot import StepView


@dataclass(frozen=True)
class Bar:
    """A step's time: where it begins and how long it is, both as parts of the whole, and its seconds."""

    step: StepView
    left: float
    width: float
    seconds: float


def lay_out_steps(steps: Sequence[StepView], now: datetime) -> tuple[list[Bar], float]:
    """The bars of the steps that have started, the first above, and the seconds of the whole.

    Time in which no step ran, such as between a failure and its retry, has no place: it would squeeze the others.
    """
    spans = [(step, step.start, step.end or now) for step in steps if step.start]
    spans.sort(key=lambda span: (span[1], span[2]))
    worked = _merge([(start, end) for _, start, end in spans])
    whole = sum((end - start).total_seconds() for start, end in worked)

    def place(at: datetime) -> float:
        return sum(max(0.0, (min(end, at) - start).total_seconds()) for start, end in worked)

    bars = []
    for step, start, end in spans:
        left, right = place(start), place(end)
        parts = (left / whole, (right - left) / whole) if whole else (0.0, 1.0)
        bars.append(Bar(step, *parts, max(0.0, (end - start).total_seconds())))
    return bars, whole


def _merge(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
