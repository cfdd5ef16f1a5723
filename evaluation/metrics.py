"""Metrics in the shape of Model Monitor's model quality, so that AWS's consoles and our gate read one file.

The shape, the companions and the deviations are described in SageMaker's developer guide under
"Model quality metrics and Amazon CloudWatch monitoring".
"""

import math
from typing import Any

import numpy as np

from evaluation.curves import Labels, Scores, precision_recall, roc
from evaluation.predict import Answers

RESAMPLES = 5
RESAMPLE_SHARE = 0.8
DEVIATION_ROWS = 200
"""Below so many rows AWS gives no standard deviation."""


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
    table = np.bincount(2 * actual + predicted, minlength=4).reshape(2, 2)
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
    measured = has_both(actual)
    rates, steps = (roc(actual, score), precision_recall(actual, score)) if measured else (None, None)
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": rates.false_positive_rates.tolist() if rates else [],
            "true_positive_rates": rates.true_positive_rates.tolist() if rates else [],
        },
        "precision_recall_curve": {
            "precisions": steps.precisions.tolist() if steps else [],
            "recalls": steps.recalls.tolist() if steps else [],
        },
    }


def has_both(actual: Labels) -> bool:
    """Whether both classes are present: without, there are no curves."""
    return len(np.unique(actual)) == 2


def _scalars(actual: Labels, predicted: Labels, score: Scores) -> dict[str, float]:
    (cleared, mistaken), (missed, found) = np.bincount(2 * actual + predicted, minlength=4).reshape(2, 2).tolist()
    recall, specificity = _share(found, found + missed), _share(cleared, cleared + mistaken)
    fbeta = {
        name: _share((1 + beta**2) * found, (1 + beta**2) * found + beta**2 * missed + mistaken)
        for name, beta in (("f0_5", 0.5), ("f1", 1.0), ("f2", 2.0))
    }
    return {
        "accuracy": _share(found + cleared, len(actual)),
        "precision": _share(found, found + mistaken),
        "recall": recall,
        **fbeta,
        "auc": roc(actual, score).area if has_both(actual) else math.nan,
        "true_positive_rate": recall,
        "true_negative_rate": specificity,
        "false_positive_rate": 1 - specificity,
        "false_negative_rate": 1 - recall,
    }


def _share(part: float, whole: float) -> float:
    """A share; of nothing it is 0."""
    return part / whole if whole else 0.0


def _json(value: float) -> float | str:
    """JSON has no NaN; AWS writes the word."""
    return "NaN" if math.isnan(value) else value
