"""Rows summed up in memory that does not grow: moments of all of them, and a fixed sample drawn evenly."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from monitoring.features import NUMBERS, SHAPES, WORDS, Row, Vector

CAPACITY = 2000
SEED = 42


class RunningStatistics:
    """Sums up rows; equal rows in equal order give equal sums and an equal sample."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.rows = 0
        self.present = np.zeros(len(NUMBERS), dtype=np.int64)
        self.mean, self._squares = np.zeros(len(NUMBERS)), np.zeros(len(NUMBERS))
        self.least, self.most = np.full(len(NUMBERS), np.inf), np.full(len(NUMBERS), -np.inf)
        self.words: tuple[Counter[str], ...] = tuple(Counter() for _ in WORDS)
        self._sample = np.full((capacity, len(NUMBERS) + SHAPES), np.nan)
        self._random = np.random.default_rng(SEED)

    def add(self, row: Row) -> None:
        """Take up a row, by Welford's method and Vitter's algorithm R."""
        place = self.rows if self.rows < len(self._sample) else int(self._random.integers(self.rows + 1))
        if place < len(self._sample):
            self._sample[place, : len(NUMBERS)], self._sample[place, len(NUMBERS) :] = row.numbers, row.shapes
        self.rows += 1
        here = ~np.isnan(row.numbers)
        self.present += here
        step = np.where(here, row.numbers - self.mean, 0)
        self.mean += step / np.maximum(self.present, 1)
        self._squares += step * np.where(here, row.numbers - self.mean, 0)
        self.least, self.most = np.fmin(self.least, row.numbers), np.fmax(self.most, row.numbers)
        for counter, word in zip(self.words, row.words, strict=True):
            if word is not None:
                counter[word] += 1

    @property
    def deviation(self) -> Vector:
        """The standard deviation of each number."""
        return np.sqrt(self._squares / np.maximum(self.present, 1))

    @property
    def sample(self) -> NDArray[np.float64]:
        """The drawn rows: numbers, then shapes."""
        return self._sample[: self.rows]
