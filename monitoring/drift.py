"""Whether features are distributed as in the baseline: tests that share one small rate of false alarms.

A feature has drifted when two things hold. The difference is not chance: a two-sample test's p-value, under Holm's
correction for the number of features. And it matters: the population stability index, less what chance alone adds to
it, is over the threshold. The first keeps small samples quiet, the second large ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from monitoring.baseline_files import Reference
from monitoring.features import DRIFTING, Vector
from monitoring.running_statistics import RunningStatistics
from monitoring.statistics import binned

LEAST = 30
"""With fewer values, now or in the baseline, nothing is claimed."""
ALPHA = 0.01
"""The rate of false alarms over all features of a run."""


@dataclass(frozen=True)
class Comparison:
    """One feature, then and now. `distance` is the largest gap of the distribution functions, or of the shares."""

    name: str
    then: int
    now: int
    distance: float = 0.0
    p_value: float = 1.0
    stability: float = 0.0
    """The population stability index, less what chance adds; of words the distance again."""
    threshold: float = 0.0

    @property
    def has_enough(self) -> bool:
        """Whether there are values enough to say anything."""
        return min(self.then, self.now) >= LEAST


def compare(reference: Reference, measured: RunningStatistics) -> list[Comparison]:
    """Compare each feature that may drift."""
    numbers = [_number(reference, measured, name) for name in DRIFTING]
    return [*numbers, _shares(reference, "prediction", measured.words[1])]


def drifted(comparisons: list[Comparison], alpha: float = ALPHA) -> set[str]:
    """Names of what differs by more than chance (Holm's method) and by more than matters."""
    has_enough = sorted((each for each in comparisons if each.has_enough), key=lambda each: each.p_value)
    found = set()
    for place, each in enumerate(has_enough):
        if each.p_value > alpha / (len(has_enough) - place):
            break
        if each.stability >= each.threshold:
            found.add(each.name)
    return found


def stability(then: Vector, now: Vector) -> float:
    """The population stability index of two histograms, less its expectation where both are drawn alike."""
    first, second = (then + 0.5) / (then + 0.5).sum(), (now + 0.5) / (now + 0.5).sum()
    index = float(((second - first) * np.log(second / first)).sum())
    return index - (len(then) - 1) * (1 / max(then.sum(), 1) + 1 / max(now.sum(), 1))


def _number(reference: Reference, measured: RunningStatistics, name: str) -> Comparison:
    then, now = reference.column(name), measured.column(name)
    if min(len(then), len(now)) < LEAST:
        return Comparison(name, len(then), len(now))
    from scipy import stats  # noqa: PLC0415 - half of a job's start, and a baseline or a quiet hour tests nothing

    tested = stats.ks_2samp(then, now, method="asymp")  # the exact one gives up on equal samples, aloud
    index = stability(reference.counts[name], binned(now, reference.bounds[name]))
    threshold = reference.thresholds.distance
    return Comparison(name, len(then), len(now), float(tested.statistic), float(tested.pvalue), index, threshold)


def _shares(reference: Reference, name: str, now: Mapping[str, int]) -> Comparison:
    then = reference.words[name]
    totals = sum(then.values()), sum(now.values())
    if min(totals) < LEAST:
        return Comparison(name, *totals)
    from scipy import stats  # noqa: PLC0415 - as above

    values = sorted({*then, *now})
    table = np.array([[counts.get(value, 0) for value in values] for counts in (then, now)], dtype=np.float64)
    distance = float(np.abs(table[0] / totals[0] - table[1] / totals[1]).max())
    p_value = float(stats.chi2_contingency(table).pvalue) if len(values) > 1 else 1.0
    return Comparison(name, *totals, distance, p_value, distance, reference.thresholds.categorical)
