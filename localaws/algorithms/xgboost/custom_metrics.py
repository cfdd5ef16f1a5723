"""The metrics that the container adds to XGBoost's own: accuracy, f1, r2 and their kin, by scikit-learn.

They see classes, where the objective has classes. AWS's container 3.0-5 gives those of binary classification the
probabilities as if they were margins, and so has every row in the class 1; here, as in its versions until 1.7-1, a row
is in the class that is more probable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xgboost

_AVERAGES = {
    "f1": ("f1_score", "macro"),
    "f1_binary": ("f1_score", "binary"),
    "f1_macro": ("f1_score", "macro"),
    "precision": ("precision_score", "binary"),
    "precision_macro": ("precision_score", "macro"),
    "precision_micro": ("precision_score", "micro"),
    "recall": ("recall_score", "binary"),
    "recall_macro": ("recall_score", "macro"),
    "recall_micro": ("recall_score", "micro"),
}
_OF_CLASSES = {"accuracy": "accuracy_score", "balanced_accuracy": "balanced_accuracy_score"}
_OF_NUMBERS = {"mse": "mean_squared_error", "r2": "r2_score"}
NAMES = frozenset({*_AVERAGES, *_OF_CLASSES, *_OF_NUMBERS})

Array = NDArray[Any]
Scores = list[tuple[str, float]]


def build_metric(names: Sequence[str], objective: str) -> Callable[[Array, xgboost.DMatrix], Scores]:
    """What XGBoost calls after each round for the metrics of these names."""
    scores = {name: _find_score(name) for name in names}

    def compute(predictions: Array, matrix: xgboost.DMatrix) -> Scores:
        labels = matrix.get_label()
        return [
            (name, float(score(labels, predictions if name in _OF_NUMBERS else find_classes(predictions, objective))))
            for name, score in scores.items()
        ]

    return compute


def find_classes(predictions: Array, objective: str) -> Array:
    """The class of each row, of predictions as the objective gives them."""
    if predictions.ndim > 1:
        return np.argmax(predictions, axis=-1)
    if objective == "multi:softmax":
        return predictions.astype(int)
    return (predictions > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)


def _find_score(name: str) -> Callable[..., Any]:
    from sklearn import metrics  # noqa: PLC0415 - takes a second that a training without such metrics should not wait

    if name in _AVERAGES:
        score, average = _AVERAGES[name]
        return partial(getattr(metrics, score), average=average)
    return getattr(metrics, {**_OF_CLASSES, **_OF_NUMBERS}[name])
