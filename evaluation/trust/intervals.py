"""Intervals by bootstrap: what the metrics would be, had other images of the same kind been in the test set."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.predict import Answers

RESAMPLES = 2_000
LEVEL = 0.95
CHUNK_CELLS = 4_000_000
"""Cells of a table of resamples by images that are in memory at a time."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def bootstrap(answers: Answers, seed: int) -> dict[str, Any]:
    """The section `confidence_intervals`: percentile intervals of the five metrics that people quote."""
    drawn = [_metrics(answers, weights) for weights in _weights(len(answers.actual), seed)]
    names = drawn[0]
    told = {name: limits(np.concatenate([each[name] for each in drawn])) for name in names}
    return {"method": "percentile bootstrap", "level": LEVEL, "resamples": RESAMPLES, "seed": seed, **told}


def limits(values: Floats) -> dict[str, float | str]:
    """The middle 95 % of drawn values; "NaN" where none of them is a number."""
    drawn = values[~np.isnan(values)]
    if not len(drawn):
        return {"lower": "NaN", "upper": "NaN"}
    lower, upper = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {"lower": float(lower), "upper": float(upper)}


def wilson(right: int, count: int) -> dict[str, float]:
    """Wilson's interval of a share: it holds for few images too, and where all of them are right."""
    z = 1.959964  # the normal distribution's 97.5 % point
    share = right / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return {"lower": max(0.0, centre - reach), "upper": min(1.0, centre + reach)}


def _weights(count: int, seed: int) -> Iterator[Ints]:
    """How often each image is in each resample (resamples, images), some resamples at a time."""
    random = np.random.default_rng(seed)
    rows = max(1, CHUNK_CELLS // count)
    for start in range(0, RESAMPLES, rows):
        size = min(rows, RESAMPLES - start)
        chosen = random.integers(0, count, (size, count)) + count * np.arange(size)[:, None]
        yield np.bincount(chosen.ravel(), minlength=size * count).reshape(size, count)


def _metrics(answers: Answers, weights: Ints) -> dict[str, Floats]:
    """The metrics of each resample; precision and recall of nothing are 0, as in the metrics themselves."""
    truth, said = answers.actual == 1, answers.predicted == 1
    hits, alarms, present = (weights[:, rows].sum(axis=1) for rows in (truth & said, said, truth))
    return {
        "accuracy": weights[:, answers.right].sum(axis=1) / weights.shape[1],
        "precision": hits / np.maximum(alarms, 1),
        "recall": hits / np.maximum(present, 1),
        "f1": 2 * hits / np.maximum(alarms + present, 1),
        "auc": _areas(answers, weights),
    }


def _areas(answers: Answers, weights: Ints) -> Floats:
    """The area under ROC of each resample: the share of pairs in order, ties counting half."""
    _, place = np.unique(answers.score, return_inverse=True)
    order = np.argsort(place, kind="stable")
    edges = np.flatnonzero(np.diff(place[order], prepend=-1))
    good, bad = (
        np.add.reduceat(weights[:, order] * (answers.actual[order] == label), edges, axis=1) for label in (1, 0)
    )
    ordered = (good * (np.cumsum(bad, axis=1) - bad / 2)).sum(axis=1)
    pairs = good.sum(axis=1) * bad.sum(axis=1)
    return np.where(pairs > 0, ordered / np.maximum(pairs, 1), np.nan)
