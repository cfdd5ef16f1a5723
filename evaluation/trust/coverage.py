"""Precision against coverage: which confidence the workflow should ask for, chosen on the validation images."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.predict import Answers

DIGITS = 4
UNREACHABLE = 1.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """For each threshold, upwards: the share of images that pass, and the share of these that are right."""

    thresholds: Floats
    coverage: Floats
    precision: Floats


@dataclass(frozen=True)
class Point:
    """What a threshold does to one split; `precision` is None where nothing passes."""

    coverage: float
    precision: float | None


def curve(answers: Answers) -> Curve:
    """Every threshold at which another image is left to a person, rounded down so that its image passes."""
    scale = 10**DIGITS
    rounded = np.floor(answers.confidence * scale) / scale
    thresholds, place = np.unique(rounded, return_inverse=True)
    passing, right = (
        np.cumsum(np.bincount(place, weights=weights, minlength=len(thresholds))[::-1])[::-1]
        for weights in (np.ones(len(place)), answers.right.astype(np.float64))
    )
    return Curve(thresholds, passing / len(place), right / passing)


def recommend(validation: Curve, target: float) -> float:
    """The lowest threshold from which on the target is kept: more images pass with no other.

    Where even the surest answers miss the target, 1: next to everything goes to a person.
    """
    reached = np.flatnonzero(validation.precision >= target)
    return round(float(validation.thresholds[reached[0]]), DIGITS) if len(reached) else UNREACHABLE


def at(answers: Answers, threshold: float) -> Point:
    """What the threshold does, evaluated as the workflow does it."""
    passing = answers.confidence >= threshold
    return Point(float(passing.mean()), float(answers.right[passing].mean()) if passing.any() else None)


def section(validation: Answers, test: Answers, target: float) -> dict[str, Any]:
    """The section `confidence_threshold`, and what the choice means on both splits."""
    chosen = curve(validation)
    threshold = recommend(chosen, target)
    return {
        "chosen_on": "validation",
        "target_precision": target,
        "target_reached": bool((chosen.precision >= target).any()),
        "recommended": threshold,
        "pictures": len(validation.actual),
        "validation": vars(at(validation, threshold)),
        "test": vars(at(test, threshold)),
    }
