"""Accuracy by kinds of images: an average hides that dark ones fail."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.labels import LABELS
from evaluation.predict import Answers
from evaluation.trust.image_stats import ImageStats
from evaluation.trust.intervals import wilson

SIDES = (32, 64, 128, 256)
Group = tuple[str, NDArray[np.bool_]]


def cut(answers: Answers, stats: ImageStats) -> dict[str, Any]:
    """The section `slices`: by class, brightness, sharpness and size, each group with Wilson's interval."""
    everything = [("all", np.ones(len(answers.actual), dtype=bool))]
    groups = {
        "all": everything,
        "class": [(name, answers.actual == label) for label, name in enumerate(LABELS)],
        "brightness": _terciles(stats.brightness, ("dark", "middling", "bright")),
        "sharpness": _terciles(stats.sharpness, ("soft", "middling", "sharp")),
        "size": _sizes(stats.longer_side),
    }
    return {
        kind: [_measure(name, rows, answers) for name, rows in found if rows.any()] for kind, found in groups.items()
    }


def _measure(name: str, rows: NDArray[np.bool_], answers: Answers) -> dict[str, Any]:
    count, right = int(rows.sum()), int(answers.right[rows].sum())
    return {"name": name, "pictures": count, "right": right, "accuracy": right / count, **wilson(right, count)}


def _terciles(values: NDArray[np.float64], names: tuple[str, str, str]) -> list[Group]:
    place = np.searchsorted(np.quantile(values, [1 / 3, 2 / 3]), values, side="left")
    return [(name, place == index) for index, name in enumerate(names)]


def _sizes(sides: NDArray[np.int64]) -> list[Group]:
    """Groups by the longer side as the image lies on disk, before it is cut to what the net takes."""
    place = np.searchsorted(SIDES, sides, side="left")
    names = [f"up to {side} pixels" for side in SIDES] + [f"over {SIDES[-1]} pixels"]
    return [(name, place == index) for index, name in enumerate(names)]
