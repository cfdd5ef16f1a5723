"""The curves of a binary classifier over all thresholds, and the areas under them.

Point by point they are what scikit-learn computes, which tests hold them against. Importing it takes a second and a
half, longer than the rest of an evaluation, and 40 MB in the image.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Roc:
    """Rates of each class that are taken for the positive one, thresholds falling, without points on straight lines."""

    false_positive_rates: Scores
    true_positive_rates: Scores

    @property
    def area(self) -> float:
        """The area under the curve."""
        widths = np.diff(self.false_positive_rates)
        return float((widths * (self.true_positive_rates[1:] + self.true_positive_rates[:-1]) / 2).sum())


@dataclass(frozen=True)
class PrecisionRecall:
    """Precisions and recalls, thresholds rising, and the point (1, 0) at the end."""

    precisions: Scores
    recalls: Scores

    @property
    def average(self) -> float:
        """The average precision: the area under the steps, which are not interpolated."""
        return float(-(np.diff(self.recalls) * self.precisions[:-1]).sum())


def roc(actual: Labels, score: Scores) -> Roc:
    """The ROC curve; both classes, 0 and 1, must be present."""
    mistaken, found = _count(actual, score)
    straight = np.zeros(len(found), dtype=bool)
    straight[1:-1] = (np.diff(mistaken, 2) == 0) & (np.diff(found, 2) == 0)
    mistaken, found = np.insert(mistaken[~straight], 0, 0), np.insert(found[~straight], 0, 0)
    return Roc(mistaken / mistaken[-1], found / found[-1])


def precision_recall(actual: Labels, score: Scores) -> PrecisionRecall:
    """The precision-recall curve; there must be a positive row."""
    mistaken, found = _count(actual, score)
    precisions, recalls = found / (found + mistaken), found / found[-1]
    return PrecisionRecall(np.append(precisions[::-1], 1.0), np.append(recalls[::-1], 0.0))


def _count(actual: Labels, score: Scores) -> tuple[Labels, Labels]:
    """False and true positives at each distinct score as the threshold, the highest first."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    found = np.cumsum(actual[order])[last]
    return 1 + last - found, found
