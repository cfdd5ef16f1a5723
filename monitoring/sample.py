"""A stream of measured pictures in bounded memory: running moments of all, and a fair sample of whole rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

ROWS = 2_000
Rows = NDArray[np.float64]


class Moments:
    """Count, mean, deviation and bounds of one feature (Welford's way, which does not lose digits)."""

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self.least = math.inf
        self.most = -math.inf
        self._squares = 0.0

    def add(self, value: float) -> None:
        """Take one value in."""
        self.count += 1
        step = value - self.mean
        self.mean += step / self.count
        self._squares += step * (value - self.mean)
        self.least = min(self.least, value)
        self.most = max(self.most, value)

    @property
    def deviation(self) -> float:
        """The standard deviation of all values."""
        return math.sqrt(self._squares / self.count) if self.count else 0.0


class Sample:
    """Rows of the same features; `words` counts features that are names, such as the predicted class."""

    def __init__(self, features: Sequence[str], seed: int = 0) -> None:
        self.features = tuple(features)
        self.moments = {name: Moments() for name in self.features}
        self.words: dict[str, Counter[str]] = {}
        self.missing: Counter[str] = Counter()
        self.items = 0
        self._rows: list[list[float]] = []
        self._whole = 0
        self._random = np.random.default_rng(seed)

    def add(self, numbers: Mapping[str, float], words: Mapping[str, str]) -> None:
        """Take one picture in; features that it does not have are counted as missing."""
        self.items += 1
        for name in self.features:
            if name in numbers:
                self.moments[name].add(numbers[name])
            else:
                self.missing[name] += 1
        for name, word in words.items():
            self.words.setdefault(name, Counter())[word] += 1
        if all(name in numbers for name in self.features):
            self._keep([numbers[name] for name in self.features])

    @property
    def rows(self) -> Rows:
        """At most ROWS whole rows (rows, features), each row of the stream as likely as any other."""
        return np.asarray(self._rows, dtype=np.float64).reshape(-1, len(self.features))

    def column(self, name: str) -> NDArray[np.float64]:
        """The sampled values of one feature."""
        column: NDArray[np.float64] = self.rows[:, self.features.index(name)]
        return column

    def _keep(self, row: list[float]) -> None:
        self._whole += 1
        if len(self._rows) < ROWS:
            self._rows.append(row)
            return
        place = int(self._random.integers(self._whole))
        if place < ROWS:
            self._rows[place] = row
