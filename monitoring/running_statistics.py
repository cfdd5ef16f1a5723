"""Rows summed up in memory that does not grow: moments of all of them, and a fixed sample drawn evenly."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from monitoring.features import NUMBERS, SHAPES, WORDS, Rows, Vector

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

    def add(self, rows: Rows) -> None:
        """Take up rows, by Vitter's algorithm R and by Chan, Golub and LeVeque's way to join moments."""
        self._draw(rows)
        self.rows += len(rows)
        if not len(rows):
            return
        present = (~np.isnan(rows.numbers)).sum(axis=0)
        mean = np.nansum(rows.numbers, axis=0) / np.maximum(present, 1)
        step, before = mean - self.mean, self.present
        self.present = before + present
        share = present / np.maximum(self.present, 1)
        self.mean = self.mean + step * share
        self._squares += np.nansum((rows.numbers - mean) ** 2, axis=0) + step**2 * before * share
        self.least = np.fmin(self.least, np.fmin.reduce(rows.numbers))
        self.most = np.fmax(self.most, np.fmax.reduce(rows.numbers))
        for counter, words in zip(self.words, rows.words, strict=True):
            counter.update(word for word in words if word is not None)

    def _draw(self, rows: Rows) -> None:
        """Let each row take a place of the sample with its due chance; of two that take one, the later stays."""
        numbers = np.arange(self.rows, self.rows + len(rows))
        full = int(np.searchsorted(numbers, len(self._sample)))
        places = np.concatenate([numbers[:full], self._random.integers(numbers[full:] + 1)])
        taken = places < len(self._sample)
        self._sample[places[taken]] = np.hstack([rows.numbers[taken], rows.shapes[taken]])

    @property
    def deviation(self) -> Vector:
        """The standard deviation of each number."""
        return np.sqrt(self._squares / np.maximum(self.present, 1))

    @property
    def sample(self) -> NDArray[np.float64]:
        """The drawn rows: numbers, then shapes."""
        return self._sample[: self.rows]

    def column(self, name: str) -> Vector:
        """The drawn values of a number, without those that are missing."""
        values: Vector = self.sample[:, NUMBERS.index(name)]
        return values[~np.isnan(values)]
