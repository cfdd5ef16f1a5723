"""How often the model is right, where labels came, against how often it was on the baseline's images."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.drift import LEAST
from monitoring.violations import DRIFT, Violation

ALPHA = 0.003
"""The rate of false alarms over the three measures."""
_Z = 1.96
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Share:
    """So many of so many, with Wilson's interval of 95 %."""

    right: int
    total: int

    @property
    def value(self) -> float:
        return self.right / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson, "Probable Inference", JASA 22 (1927)."""
        if not self.total:
            return 0.0, 1.0
        spread = _Z**2 / self.total
        middle = (self.value + spread / 2) / (1 + spread)
        half = _Z * math.sqrt(self.value * (1 - self.value) / self.total + spread / (4 * self.total)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Measure:
    """Accuracy, precision or recall, then and now."""

    name: str
    then: Share
    now: Share

    @property
    def has_enough(self) -> bool:
        return min(self.then.total, self.now.total) >= LEAST

    @property
    def p_value(self) -> float:
        """Fisher's exact test of whether the share has fallen."""
        from scipy import stats  # noqa: PLC0415 - see monitoring/drift.py

        table = [[each.right, each.total - each.right] for each in (self.now, self.then)]
        return float(stats.fisher_exact(table, alternative="less").pvalue)

    @property
    def fallen(self) -> bool:
        """Below the baseline's interval, and not by chance."""
        return self.has_enough and self.now.value < self.then.interval[0] and self.p_value <= ALPHA / 3


def matrix(confusion: dict[str, dict[str, int]], names: list[str]) -> Counts:
    """Counts by truth (rows) and answer (columns), from a document of names."""
    return np.array([[int(confusion.get(row, {}).get(column, 0)) for column in names] for row in names])


def document(counts: Counts, names: list[str]) -> dict[str, dict[str, int]]:
    """The same counts by names."""
    return {row: {column: int(counts[i, j]) for j, column in enumerate(names)} for i, row in enumerate(names)}


def measures(then: Counts, now: Counts, names: list[str]) -> list[Measure]:
    """Accuracy, and precision and recall of the last class, as evaluation.json has them."""
    last = names[-1]
    return [
        Measure("accuracy", *(Share(int(c.trace()), int(c.sum())) for c in (then, now))),
        Measure(f"precision_{last}", *(Share(int(c[-1, -1]), int(c[:, -1].sum())) for c in (then, now))),
        Measure(f"recall_{last}", *(Share(int(c[-1, -1]), int(c[-1].sum())) for c in (then, now))),
    ]


def violations(found: list[Measure]) -> list[Violation]:
    """Each measure that has fallen."""
    return [Violation(each.name, DRIFT, _told(each)) for each in found if each.fallen]


def _told(each: Measure) -> str:
    low, high = each.then.interval
    return (
        f"{each.name} has fallen to {each.now.value:.1%} on {each.now.total:,} labelled captures; on the baseline's "
        f"images it was {each.then.value:.1%} (95 % interval {low:.1%} to {high:.1%}, p = {each.p_value:.1g})."
    )
