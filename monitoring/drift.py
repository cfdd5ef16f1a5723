"""Whether two samples come from one distribution, feature by feature and as a whole.

A claim wants both: a test that stays significant among all the tests of the run, and a difference large enough to care
about. All single tests share one budget of false alarms (Holm's way), the test of whole rows has another; together
they stay below one run in fifty, which leaves room for what the tests' own approximations cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

SINGLE_ALARMS = 0.01
WHOLE_ALARMS = 0.005
LEAST_PSI = 0.2  # the usual mark of a shift that matters
LEAST_SHARE = 0.1  # of the answers, gone from one class to another
BINS = 10
PERMUTATIONS = 999
MOST_ROWS = 400  # of each side, in the test of whole rows: its cost grows with the square
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """One comparison: `statistic` is Kolmogorov's distance, the moved share of answers, or the squared MMD."""

    feature: str
    statistic: float
    size: float
    p: float
    drifted: bool = False


def compare(
    then: Mapping[str, Values], now: Mapping[str, Values], words: Mapping[str, tuple[Mapping[str, int], ...]]
) -> list[Finding]:
    """Compare numerical features by Kolmogorov-Smirnov and PSI, counts of words by Fisher's or a chi-square test."""
    findings = [_compare_numbers(name, then[name], now[name]) for name in then if name in now]
    findings += [_compare_words(name, *counts) for name, counts in words.items()]
    return _judge(findings)


def compare_rows(then: Values, now: Values, seed: int = 0) -> Finding:
    """Compare whole rows (rows, features) by the maximum mean discrepancy with permutations.

    It sees what no single feature shows, such as brightness and confidence that no longer go together.
    """
    rng = np.random.default_rng(seed)
    left, right = (_standardised(side, then)[_some(len(side), rng)] for side in (then, now))
    kernel = _kernel(np.concatenate([left, right]))
    measured, by_chance = _discrepancies(kernel, len(left), rng)
    p = float((1 + (by_chance >= measured).sum()) / (1 + PERMUTATIONS))
    return Finding("all features together", measured, measured, p, drifted=p <= WHOLE_ALARMS)


def stability_index(then: Values, now: Values) -> float:
    """The population stability index over ten bins that hold a tenth of the former values each."""
    edges = np.unique(np.quantile(then, np.linspace(0, 1, BINS + 1)[1:-1]))
    shares = [_shares(side, edges) for side in (then, now)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _compare_numbers(name: str, then: Values, now: Values) -> Finding:
    if np.ptp(then) == 0 and np.ptp(now) == 0 and then[0] == now[0]:
        return Finding(name, 0.0, 0.0, 1.0)
    tested = stats.ks_2samp(then, now, method="asymp")
    return Finding(name, float(tested.statistic), stability_index(then, now), float(tested.pvalue))


def _compare_words(name: str, then: Mapping[str, int], now: Mapping[str, int]) -> Finding:
    words = sorted({*then, *now})
    table = np.array([[side.get(word, 0) for word in words] for side in (then, now)], dtype=np.int64)
    if len(words) < 2:
        return Finding(name, 0.0, 0.0, 1.0)
    p = stats.fisher_exact(table).pvalue if len(words) == 2 else stats.chi2_contingency(table).pvalue
    shares = table / table.sum(axis=1, keepdims=True)
    moved = float(np.abs(shares[0] - shares[1]).sum() / 2)
    # On the scale of PSI, so that one mark serves both kinds of feature.
    return Finding(name, moved, moved / LEAST_SHARE * LEAST_PSI, float(p))


def _judge(findings: list[Finding]) -> list[Finding]:
    """Holm: the smallest p must pass the strictest mark, the next one the next; the first that fails ends it."""
    judged: dict[str, bool] = {}
    holds = True
    for place, finding in enumerate(sorted(findings, key=lambda one: one.p)):
        holds = holds and finding.p <= SINGLE_ALARMS / (len(findings) - place)
        judged[finding.feature] = holds and finding.size >= LEAST_PSI
    return [Finding(one.feature, one.statistic, one.size, one.p, judged[one.feature]) for one in findings]


def _shares(values: Values, edges: Values) -> Values:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    # Half a picture in each bin: an empty one would make the index infinite.
    shares: Values = (counts + 0.5) / (len(values) + 0.5 * len(counts))
    return shares


def _some(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.permutation(count)[:MOST_ROWS]


def _standardised(side: Values, then: Values) -> Values:
    deviation = then.std(axis=0)
    rows: Values = (side - then.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    return np.clip(rows, -10, 10)


def _kernel(rows: Values) -> Values:
    squares = (rows**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0)
    width = np.median(distances[distances > 0]) if (distances > 0).any() else 1.0
    kernel: Values = np.exp(-distances / width)
    return kernel


def _discrepancies(kernel: Values, left: int, rng: np.random.Generator) -> tuple[float, Values]:
    """The squared discrepancy as measured, and of PERMUTATIONS random splits."""
    count = len(kernel)
    splits = np.zeros((count, PERMUTATIONS + 1))
    splits[:left, 0] = 1
    for number in range(1, PERMUTATIONS + 1):
        splits[rng.permutation(count)[:left], number] = 1
    weights = splits / left - (1 - splits) / (count - left)
    squared = np.einsum("ij,ij->j", weights, kernel @ weights)
    return float(squared[0]), squared[1:]
