"""Trials, one JSON line each, and their summary: means with bootstrap intervals."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True)
class Trial:
    """One net's answers: `wrong` are numbers of held images, `part` is a fold (0, 1, ...) or -1 for the test set."""

    candidate: str
    part: int
    seed: int
    images: int
    wrong: list[int]
    cpu_seconds: float

    @property
    def accuracy(self) -> float:
        return 1 - len(self.wrong) / self.images


@dataclass(frozen=True)
class Summary:
    """A candidate's mean accuracy over its trials, its 95 % interval, and the mean CPU seconds of a training."""

    candidate: str
    trials: int
    accuracy: float
    low: float
    high: float
    cpu_seconds: float


def append(path: Path, trial: Trial) -> None:
    """Store a trial; a search that is started again continues after it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(trial)) + "\n")


def read(path: Path) -> list[Trial]:
    """All trials so far."""
    if not path.exists():
        return []
    return [Trial(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def summarize(trials: list[Trial]) -> list[Summary]:
    """Summarize each candidate, the best first."""
    names = dict.fromkeys(trial.candidate for trial in trials)
    summaries = [_summary([trial for trial in trials if trial.candidate == name]) for name in names]
    return sorted(summaries, key=lambda each: -each.accuracy)


def _summary(trials: list[Trial]) -> Summary:
    accuracy = float(np.mean([trial.accuracy for trial in trials]))
    low, high = interval(trials)
    cost = float(np.mean([trial.cpu_seconds for trial in trials]))
    return Summary(trials[0].candidate, len(trials), accuracy, low, high, cost)


def interval(trials: list[Trial], seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean accuracy, over images.

    An image that several seeds answered counts once, with the share of them that were right: seeds do not make
    a test set larger.
    """
    shares = np.concatenate(list(_shares_right(trials)))
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(shares), size=(RESAMPLES, len(shares)))
    low, high = np.percentile(shares[draws].mean(axis=1), PERCENTILES)
    return float(low), float(high)


def difference(trials: list[Trial], others: list[Trial], seed: int = 0) -> tuple[float, float, float]:
    """How much more accurate `trials` are than `others` on the same images: the mean, and its 95 % interval.

    Paired by image, as `interval` is; an interval with 0 in it says that no difference was found.
    """
    gains = np.concatenate(list(_shares_right(trials))) - np.concatenate(list(_shares_right(others)))
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(gains), size=(RESAMPLES, len(gains)))
    low, high = np.percentile(gains[draws].mean(axis=1), PERCENTILES)
    return float(gains.mean()), float(low), float(high)


def find_chance(trials: list[Trial], others: list[Trial], seed: int = 0) -> float:
    """How likely a difference at least as large is where there is none (two-sided p, paired by image).

    If both are alike, an image's difference is as likely the other way round: signs are drawn at random.
    """
    gains = np.concatenate(list(_shares_right(trials))) - np.concatenate(list(_shares_right(others)))
    found = abs(gains.sum())
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(RESAMPLES, len(gains)))
    as_large = np.count_nonzero(np.abs(signs @ gains) >= found - 1e-9)
    return float((as_large + 1) / (RESAMPLES + 1))


def _shares_right(trials: list[Trial]) -> Iterator[NDArray[np.float64]]:
    for part in sorted({trial.part for trial in trials}):
        of_part = [trial for trial in trials if trial.part == part]
        right = np.ones((len(of_part), of_part[0].images))
        for row, trial in zip(right, of_part, strict=True):
            row[trial.wrong] = 0
        yield right.mean(axis=0)
