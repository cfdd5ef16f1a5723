"""What a benchmark measured, and the statistics of it: medians, spread, and ratios of what ran in the same round."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

PER_SECOND = ("images/s", "requests/s")
"""Units of which more is better; of all others, less."""


@dataclass(frozen=True)
class Series:
    """One figure of one candidate, once a round. `x` is the size of the work, where a chart has one."""

    what: str
    who: str
    unit: str
    values: tuple[float, ...]
    x: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def least(self) -> float:
        return min(self.values)

    @property
    def most(self) -> float:
        return max(self.values)


@dataclass(frozen=True)
class Measured:
    """All series of a topic, and notes on how they were measured. Others are compared with the candidate `ours`."""

    topic: str
    ours: str
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()
    conditions: dict[str, str] = field(default_factory=dict)

    def find(self, what: str, who: str | None = None) -> Series | None:
        """The series of one figure; None where it was not measured."""
        wanted = who or self.ours
        return next((series for series in self.series if (series.what, series.who) == (what, wanted)), None)

    def peers(self, what: str) -> list[Series]:
        """The others' series of one figure."""
        return [series for series in self.series if series.what == what and series.who != self.ours]


def ratio(ours: Series, theirs: Series) -> float:
    """How many times better ours is: the median of the rounds' ratios, as a round's noise meets both.

    Where one was measured in more rounds than the other, it is the ratio of the medians.
    """
    if len(ours.values) == len(theirs.values):
        pairs = list(zip(ours.values, theirs.values, strict=True))
    else:
        pairs = [(ours.median, theirs.median)]
    more_is_better = ours.unit in PER_SECOND
    return statistics.median(mine / other if more_is_better else other / mine for mine, other in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed."""
    if not values:
        raise ValueError("There is no percentile of nothing; give at least one value.")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def slope(few: Series, many: Series) -> tuple[float, ...]:
    """What one more unit of work costs, round by round, from two sizes of the same work."""
    if few.x is None or many.x is None or many.x <= few.x:
        raise ValueError(f"{few.what!r} and {many.what!r} are no smaller and larger size of one work.")
    step = many.x - few.x
    rounds = min(len(few.values), len(many.values))
    if rounds == len(few.values) == len(many.values):
        return tuple((more - less) / step for less, more in zip(few.values, many.values, strict=True))
    return ((many.median - few.median) / step,)
