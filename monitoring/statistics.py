"""statistics.json in Model Monitor's schema, with what a later run needs as custom statistics."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.monitoring import BASELINE_SCHEMA
from monitoring.features import DRIFTING, NUMBERS, WHOLE, WORDS, Vector
from monitoring.running_statistics import RunningStatistics

BUCKETS = 10  # as many as AWS's own container makes
BINS = 10
SKETCH = {"c": 0.64, "k": 2048.0}
Document = dict[str, Any]


def document(measured: RunningStatistics, names: Sequence[str], side: int) -> Document:
    """The whole file. A run's own can be a baseline, too: it says as much."""
    numbers = [_number(measured, place, name) for place, name in enumerate(NUMBERS)]
    words = [_word(measured, place, name) for place, name in enumerate(WORDS)]
    return {
        "version": 0,
        "dataset": {"item_count": measured.rows},
        "features": numbers + words,
        "custom_statistics": {
            "schema": BASELINE_SCHEMA,
            "classes": list(names),
            "side": side,
            "shapes": [rounded(row) for row in measured.sample[:, len(NUMBERS) :]],
        },
    }


def edges(values: Vector) -> Vector:
    """Inner bounds of bins that hold equal shares of the values; fewer where values repeat."""
    return np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1])) if len(values) else np.empty(0)


def binned(values: Vector, bounds: Vector) -> Vector:
    """How many values lie in each bin; the first and the last are open."""
    return np.bincount(np.searchsorted(bounds, values, side="right"), minlength=len(bounds) + 1).astype(np.float64)


def rounded(values: Vector) -> list[float | None]:
    """Six digits of each number, which is what an image of bytes tells; None where one is missing."""
    return [None if np.isnan(value) else float(f"{value:.6g}") for value in values]


def _number(measured: RunningStatistics, place: int, name: str) -> Document:
    present = int(measured.present[place])
    column = measured.sample[:, place]
    values = np.sort(column[~np.isnan(column)])
    bounds = edges(values) if name in DRIFTING else np.empty(0)
    return {
        "name": name,
        "inferred_type": _type(name, present),
        "numerical_statistics": {
            "common": _common(measured, present),
            **_moments(measured, place, present),
            "distribution": {"kll": _kll(values, present)},
        },
        "custom_statistics": {
            "bins": {"edges": bounds.tolist(), "counts": binned(values, bounds).tolist() if name in DRIFTING else []},
            "sample": rounded(column),
        },
    }


def _word(measured: RunningStatistics, place: int, name: str) -> Document:
    counts = measured.words[place]
    return {
        "name": name,
        "inferred_type": "String" if counts else "Unknown",
        "string_statistics": {
            "common": _common(measured, counts.total()),
            "distinct_count": float(len(counts)),
            "distribution": {
                "categorical": {"buckets": [{"value": value, "count": counts[value]} for value in sorted(counts)]}
            },
        },
    }


def _type(name: str, present: int) -> str:
    if not present:
        return "Unknown"
    return "Integral" if name in WHOLE else "Fractional"


def _common(measured: RunningStatistics, present: int) -> Document:
    return {"num_present": present, "num_missing": measured.rows - present}


def _moments(measured: RunningStatistics, place: int, present: int) -> Document:
    if not present:
        return dict.fromkeys(("mean", "sum", "std_dev", "min", "max"), 0.0)
    return {
        "mean": float(measured.mean[place]),
        "sum": float(measured.mean[place] * present),
        "std_dev": float(measured.deviation[place]),
        "min": float(measured.least[place]),
        "max": float(measured.most[place]),
    }


def _kll(values: Vector, present: int) -> Document:
    """Equal buckets from least to most, and the drawn values as a sketch.

    In a KLL sketch a value on level h counts 2**h times, so an even sample is put on the level that fits its share.
    """
    if not len(values):
        return {"buckets": [], "sketch": {"parameters": SKETCH, "data": [[]]}}
    counts, bounds = np.histogram(values, bins=BUCKETS)
    scale = present / len(values)
    level = max(0, int(np.ceil(np.log2(scale))))
    kept = values[np.linspace(0, len(values) - 1, max(1, present >> level)).round().astype(int)] if level else values
    return {
        "buckets": [
            {"lower_bound": float(low), "upper_bound": float(high), "count": float(round(count * scale))}
            for low, high, count in zip(bounds[:-1], bounds[1:], counts, strict=True)
        ],
        "sketch": {"parameters": SKETCH, "data": [*([[]] * level), rounded(kept)]},
    }
