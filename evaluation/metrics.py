"""Metrics in the shape of Model Monitor's model quality, so that AWS's consoles and our gate read one file.

The shape, the companions and the deviations are described in SageMaker's developer guide under
"Model quality metrics and Amazon CloudWatch monitoring".
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as sk

from evaluation.predict import Answers

RESAMPLES = 5
RESAMPLE_SHARE = 0.8
DEVIATION_ROWS = 200
"""Below so many rows AWS gives no standard deviation."""

Labels = NDArray[np.int64]
Scores = NDArray[np.float64]


def binary(answers: Answers, seed: int) -> dict[str, Any]:
    """The section `binary_classification_metrics`; the positive class is 1, motorcycle."""
    actual, predicted, score = answers.actual, answers.predicted, answers.score
    values = scalars(actual, predicted, score)
    spread = deviations(actual, predicted, score, seed)
    measured = {
        name: {"value": _json(value), "standard_deviation": _json(spread[name])} for name, value in values.items()
    }
    return {"confusion_matrix": confusion(actual, predicted), **measured, **curves(actual, score)}


def confusion(actual: Labels, predicted: Labels) -> dict[str, dict[str, int]]:
    """Counts by actual class, then by answer."""
    table = sk.confusion_matrix(actual, predicted, labels=[0, 1])
    return {str(row): {str(column): int(table[row, column]) for column in (0, 1)} for row in (0, 1)}


def scalars(actual: Labels, predicted: Labels, score: Scores) -> dict[str, float]:
    """Every single-number metric, each followed by that of a classifier that always answers motorcycle.

    AWS's example has this constant answer as the "best constant classifier", also where it is the rarer class.
    """
    ours = _scalars(actual, predicted, score)
    constant = _scalars(actual, np.ones_like(predicted), np.ones_like(score))
    return ours | {f"{name}_best_constant_classifier": value for name, value in constant.items()}


def deviations(actual: Labels, predicted: Labels, score: Scores, seed: int) -> dict[str, float]:
    """The standard deviation of each metric over seeded resamples of the rows, NaN for few rows."""
    names = scalars(actual, predicted, score)
    if len(actual) < DEVIATION_ROWS:
        return dict.fromkeys(names, math.nan)
    random = np.random.default_rng(seed)
    size = round(RESAMPLE_SHARE * len(actual))
    rows = [random.choice(len(actual), size, replace=False) for _ in range(RESAMPLES)]
    drawn = [scalars(actual[chosen], predicted[chosen], score[chosen]) for chosen in rows]
    return {name: float(np.std([each[name] for each in drawn])) for name in names}


def curves(actual: Labels, score: Scores) -> dict[str, dict[str, list[float]]]:
    """The ROC and the precision-recall curve, point by point; empty where only one class is present."""
    if len(np.unique(actual)) < 2:
        rates: list[NDArray[np.float64]] = [np.empty(0)] * 4
    else:
        false_positive, true_positive, _ = sk.roc_curve(actual, score)
        precision, recall, _ = sk.precision_recall_curve(actual, score)
        rates = [false_positive, true_positive, precision, recall]
    lists = [rate.tolist() for rate in rates]
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": lists[0],
            "true_positive_rates": lists[1],
        },
        "precision_recall_curve": {"precisions": lists[2], "recalls": lists[3]},
    }


def _scalars(actual: Labels, predicted: Labels, score: Scores) -> dict[str, float]:
    found = float(sk.recall_score(actual, predicted, zero_division=0.0))
    cleared = float(sk.recall_score(actual, predicted, pos_label=0, zero_division=0.0))
    fbeta = {
        name: float(sk.fbeta_score(actual, predicted, beta=beta, zero_division=0.0))
        for name, beta in (("f0_5", 0.5), ("f1", 1.0), ("f2", 2.0))
    }
    return {
        "accuracy": float(sk.accuracy_score(actual, predicted)),
        "precision": float(sk.precision_score(actual, predicted, zero_division=0.0)),
        "recall": found,
        **fbeta,
        "auc": float(sk.roc_auc_score(actual, score)) if len(np.unique(actual)) == 2 else math.nan,
        "true_positive_rate": found,
        "true_negative_rate": cleared,
        "false_positive_rate": 1 - cleared,
        "false_negative_rate": 1 - found,
    }


def _json(value: float) -> float | str:
    """JSON has no NaN; AWS writes the word."""
    return "NaN" if math.isnan(value) else value
