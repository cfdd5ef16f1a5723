"""All features at once, for what no single one shows: the maximum mean discrepancy, with a permutation test.

Gretton et al., "A Kernel Two-Sample Test", JMLR 13 (2012); Gaussian kernel, its width the median distance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.baseline_files import Reference
from monitoring.drift import LEAST
from monitoring.features import DRIFTING, NUMBERS, Vector
from monitoring.running_statistics import SEED, RunningStatistics

NAME = "all_features"
ALPHA = 0.002
PERMUTATIONS = 1999
MOST = 500
"""Rows of each side: the kernel has the square of them."""


@dataclass(frozen=True)
class Discrepancy:
    """How far the rows lie apart, and how often rows dealt at random do so as much."""

    then: int
    now: int
    value: float = 0.0
    p_value: float = 1.0

    @property
    def has_enough(self) -> bool:
        return min(self.then, self.now) >= LEAST

    @property
    def drifted(self) -> bool:
        return self.has_enough and self.p_value <= ALPHA


def compare(reference: Reference, measured: RunningStatistics) -> Discrepancy:
    """Compare complete rows, each number on the scale of the baseline."""
    then, now = _complete(reference.sample), _complete(measured.sample)
    if min(len(then), len(now)) < LEAST:
        return Discrepancy(len(then), len(now))
    middle, scale = then.mean(axis=0), np.maximum(then.std(axis=0), 1e-6)
    rows = np.clip((np.vstack([then, now]) - middle) / scale, -8, 8)
    value, p_value = _test(_kernel(rows), len(then))
    return Discrepancy(len(then), len(now), value, p_value)


def _complete(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    columns = [*(NUMBERS.index(name) for name in DRIFTING), *range(len(NUMBERS), sample.shape[1])]
    chosen = sample[:, columns]
    chosen = chosen[~np.isnan(chosen).any(axis=1)]
    # Evenly over the sample, whose rows lie roughly in the order of time.
    return chosen[np.linspace(0, len(chosen) - 1, min(MOST, len(chosen))).astype(int)]


def _kernel(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (rows**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0)
    np.fill_diagonal(distances, np.nan)
    width = max(float(np.nanmedian(distances)), 1e-9)
    kernel: NDArray[np.float64] = np.exp(-distances / width)
    np.fill_diagonal(kernel, 0)  # the unbiased estimate leaves out each row's likeness to itself
    return kernel


def _test(kernel: NDArray[np.float64], first: int) -> tuple[float, float]:
    """The unbiased estimate, and its p-value among random deals of the same rows."""
    random, count = np.random.default_rng(SEED), len(kernel)
    sides = np.zeros((count, 1 + PERMUTATIONS))
    sides[:first, 0] = 1
    for deal in range(1, 1 + PERMUTATIONS):
        sides[random.permutation(count)[:first], deal] = 1
    values = _discrepancies(kernel, sides, first)
    return float(values[0]), float((values >= values[0] - 1e-12).sum() / len(values))


def _discrepancies(kernel: NDArray[np.float64], sides: NDArray[np.float64], first: int) -> Vector:
    second = len(kernel) - first
    drawn = kernel @ sides
    within, total = (sides * drawn).sum(axis=0), kernel.sum()
    across = drawn.sum(axis=0) - within
    rest = total - within - 2 * across
    values: Vector = within / (first * (first - 1)) + rest / (second * (second - 1)) - 2 * across / (first * second)
    return values
