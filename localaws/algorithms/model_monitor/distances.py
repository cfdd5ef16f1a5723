"""How far two distributions are apart.

Numbers by the largest difference of their cumulative distributions, categories by that of their shares, and in the
robust form less what the number of samples explains (the two-sample Kolmogorov-Smirnov test):
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html; the factor of the robust form and
the test of categories are Deequ's: https://github.com/awslabs/deequ (Distance.scala).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from localaws.algorithms.model_monitor.arrays import Array

_ALPHA_FACTOR = 1.8  # of a significance of 0.003
_FEWEST = 2
_LEAST_OF_TWO, _LEAST_OF_MORE, _SHARE_BELOW = 10, 5, 0.2


def compare_numbers(then: tuple[Array, Array], now: tuple[Array, Array], *, robust: bool) -> float:
    """The distance of two samples, each of values and of how many values each of these stands for."""
    keys = np.union1d(then[0], now[0])
    difference = np.abs(_cumulate(*then, keys) - _cumulate(*now, keys)).max()
    return _correct(float(difference), float(then[1].sum()), float(now[1].sum()), robust=robust)


def compare_categories(then: Mapping[str, float], now: Mapping[str, float], *, robust: bool) -> float:
    """The distance of two counts of categories."""
    n, m = sum(then.values()), sum(now.values())
    difference = max(abs(then.get(key, 0) / n - now.get(key, 0) / m) for key in {*then, *now})
    return _correct(difference, n, m, robust=robust)


def _cumulate(values: Array, weights: Array, keys: Array) -> Array:
    order = np.argsort(values)
    summed = np.concatenate([[0.0], np.cumsum(weights[order])])
    return np.asarray(summed[np.searchsorted(values[order], keys, side="right")] / summed[-1])


def _correct(difference: float, n: float, m: float, *, robust: bool) -> float:
    return max(0.0, difference - _ALPHA_FACTOR * math.sqrt((n + m) / (n * m))) if robust else difference


def chi_square(then: Mapping[str, float], now: Mapping[str, float]) -> tuple[float, float]:
    """Chi-squared and its p-value of counts against those expected; of fewer than two categories both are NaN.

    Categories that are rare in the baseline are put together first, until the test may be made.
    """
    from scipy import stats  # noqa: PLC0415 - of a second's import, and most baselines ask for no test

    known = sum(count for key, count in now.items() if key in then)
    expected = {key: count / sum(then.values()) * known for key, count in then.items()}
    observed = {key: float(now.get(key, 0)) for key in then}
    while len(expected) >= _FEWEST and _has_too_rare(list(expected.values())):
        rarest, second = sorted(expected, key=lambda key: expected[key])[:2]
        expected[second] += expected.pop(rarest)
        observed[second] += observed.pop(rarest)
    if len(expected) < _FEWEST or not known:
        return math.nan, math.nan
    result = stats.chisquare([observed[key] for key in expected], list(expected.values()))
    return float(result.statistic), float(result.pvalue)


def _has_too_rare(expected: list[float]) -> bool:
    two = len(expected) == _FEWEST
    rare = sum(count < (_LEAST_OF_TWO if two else _LEAST_OF_MORE) for count in expected)
    return rare > (0 if two else int(_SHARE_BELOW * len(expected)))
