"""Step scaling: how many instances a policy asks for while its alarm is breached, by how far it is. Pure.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from localaws import errors
from localaws.shapes import Document

_INFINITE = math.inf


def check_steps(config: Document) -> None:
    """Refuse, with AWS's code, a StepScalingPolicyConfiguration whose steps do not lie side by side."""
    if "AdjustmentType" not in config:
        raise errors.validation("AdjustmentType is required for a policy of type StepScaling.")
    steps = config.get("StepAdjustments") or []
    if not steps:
        raise errors.validation("There must be at least one step adjustment.")
    ranges = sorted(_range(step) for step in steps)
    for low, high in ranges:
        if low >= high:
            raise errors.validation(
                f"Step adjustment MetricIntervalLowerBound {low:g} must be less than MetricIntervalUpperBound {high:g}."
            )
    for (_, high), (low, _) in pairwise(ranges):
        if high != low:
            raise errors.validation(
                f"Step adjustment intervals can't overlap or have a gap between them; one ends at {high:g} and the "
                f"next begins at {low:g}."
            )


def find_adjustment(steps: Sequence[Document], breach: float) -> int | None:
    """The adjustment of the step that a breach lies in: its metric's value less the alarm's threshold."""
    for step in steps:
        low, high = _range(step)
        # Above the threshold the lower bound is part of a step, below it the upper one.
        if (low <= breach < high) if breach >= 0 else (low < breach <= high):
            return int(step["ScalingAdjustment"])
    return None


def adjust(config: Document, count: int, breach: float) -> int:
    """How many instances take the place of `count`, before the target's bounds."""
    adjustment = find_adjustment(config["StepAdjustments"], breach)
    if adjustment is None:
        return count
    kind = config["AdjustmentType"]
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return count + adjustment
    change = count * adjustment / 100
    # More than 1 is rounded down, less than 1 is 1, each also below zero.
    rounded = int(change) if abs(change) >= 1 else int(math.copysign(1, change)) if change else 0
    least = config.get("MinAdjustmentMagnitude", 0)
    return count + (int(math.copysign(max(abs(rounded), least), rounded)) if rounded else 0)


def _range(step: Document) -> tuple[float, float]:
    return (
        float(step.get("MetricIntervalLowerBound", -_INFINITE)),
        float(step.get("MetricIntervalUpperBound", _INFINITE)),
    )
