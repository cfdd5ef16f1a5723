"""A KLL sketch, the quantile sketch of statistics.json: the values themselves while they are few, then samples of them.

Each level's items stand for twice as many values as those of the level before. A level that is full is sorted and every
other item goes on to the next. https://datasketches.apache.org/docs/KLL/KLLSketch.html; c and k are those that AWS's
container writes, as in https://github.com/aws/sagemaker-python-sdk
(tests/data/pipeline/quality_check_step/data_quality/statistics.json).
"""

from __future__ import annotations

import math

import numpy as np

from localaws.algorithms.model_monitor.arrays import Array

C, K = 0.64, 2048


def build_sketch(values: Array) -> list[list[float]]:
    """The levels of a sketch; the first has all values in their order where there are at most k."""
    levels: list[list[float]] = [[]]
    kept_odd = [False]  # which of each pair goes on, in turns, so that no end of the values is favoured
    for start in range(0, len(values), K):
        levels[0].extend(values[start : start + K].tolist())
        level = 0
        while level < len(levels):
            if len(levels[level]) > _capacity(level, len(levels)):
                _compact(levels, kept_odd, level)
            level += 1
    return levels


def _capacity(level: int, levels: int) -> int:
    return max(2, math.ceil(K * C ** (levels - level - 1)))


def _compact(levels: list[list[float]], kept_odd: list[bool], level: int) -> None:
    if level + 1 == len(levels):
        levels.append([])
        kept_odd.append(False)
    ordered = sorted(levels[level])
    # One of an odd number stays, so that the weights still add up to all values.
    left = [ordered.pop()] if len(ordered) % 2 else []
    levels[level + 1].extend(ordered[int(kept_odd[level]) :: 2])
    levels[level] = left
    kept_odd[level] = not kept_odd[level]


def weigh(levels: list[list[float]]) -> tuple[Array, Array]:
    """The items of a sketch, and how many values each of them stands for."""
    values = [np.asarray(level, dtype=float) for level in levels]
    weights = [np.full(len(level), 2.0**place) for place, level in enumerate(values)]
    return np.concatenate(values), np.concatenate(weights)
