"""The metrics of a model's answers that statistics.json has, as AWS's page lists and shows them by problem type.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html. A metric's standard deviation
is that of five random samples of 80 % of the rows, where there are at least 200 rows, else NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from localaws.algorithms.model_monitor.answers import Answers
from localaws.algorithms.model_monitor.arrays import Array
from localaws.algorithms.model_monitor.curves import build_curves, measure_areas
from localaws.algorithms.model_monitor.request import BINARY, MULTICLASS, REGRESSION

_FEWEST_ROWS, _SAMPLES, _SHARE = 200, 5, 0.8
_CONSTANT = "_best_constant_classifier"
_BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}
_BINARY = ("recall", "precision", "accuracy")

Values = dict[str, float]


def describe_answers(problem: str, answers: Answers) -> dict[str, Any]:
    """statistics.json of a model's answers."""
    measure = _MEASURES[problem]
    values = measure(answers)
    deviations = _measure_deviations(measure, answers, values)
    described: dict[str, Any] = {
        name: {"value": value, "standard_deviation": deviations[name]} for name, value in values.items()
    }
    if problem != REGRESSION:
        described = {"confusion_matrix": count_confusions(answers), **described}
    if answers.probabilities is not None:
        described |= build_curves(answers.truths == "1", answers.probabilities)
    return {"version": 0.0, "dataset": {"item_count": len(answers)}, f"{SECTIONS[problem]}_metrics": described}


SECTIONS = {
    REGRESSION: "regression",
    BINARY: "binary_classification",
    MULTICLASS: "multiclass_classification",
}
"""What the sections of both files begin with."""


def _measure_deviations(measure: Callable[[Answers], Values], answers: Answers, values: Values) -> dict[str, Any]:
    if len(answers) < _FEWEST_ROWS:
        return dict.fromkeys(values, "NaN")
    chance = np.random.default_rng(0)
    rows = int(len(answers) * _SHARE)
    samples = [measure(answers.take(chance.choice(len(answers), rows, replace=False))) for _ in range(_SAMPLES)]
    return {name: float(np.std([sample[name] for sample in samples])) for name in values}


def count_confusions(answers: Answers) -> dict[str, dict[str, int]]:
    """How often a class, the outer key, was taken for another."""
    labels = _list_labels(answers)
    return {
        truth: {label: int(((answers.truths == truth) & (answers.predicted == label)).sum()) for label in labels}
        for truth in labels
    }


def _list_labels(answers: Answers) -> list[str]:
    """The classes in the order of their numbers, else of their names."""
    found = {*answers.truths, *answers.predicted}
    return sorted(found, key=lambda label: (not label.isdigit(), int(label) if label.isdigit() else 0, label))


def _measure_regression(answers: Answers) -> Values:
    errors = answers.truths - answers.predicted
    squared = float((errors**2).mean())
    spread = float(((answers.truths - answers.truths.mean()) ** 2).mean())
    return {
        "mae": float(np.abs(errors).mean()),
        "mse": squared,
        "rmse": squared**0.5,
        "r2": 1 - squared / spread if spread else float(squared == 0),
    }


def _measure_binary(answers: Answers) -> Values:
    truths, predicted = answers.truths == "1", answers.predicted == "1"
    rates = {
        "true_positive_rate": _divide((truths & predicted).sum(), truths.sum()),
        "true_negative_rate": _divide((~truths & ~predicted).sum(), (~truths).sum()),
        "false_positive_rate": _divide((~truths & predicted).sum(), (~truths).sum()),
        "false_negative_rate": _divide((truths & ~predicted).sum(), truths.sum()),
    }
    own, constant = _measure_positive(truths, predicted), _measure_positive(truths, np.ones(len(truths), dtype=bool))
    areas = {} if answers.probabilities is None else measure_areas(truths, answers.probabilities)
    return {
        **{name: own[name] for name in _BINARY},
        **{f"{name}{_CONSTANT}": constant[name] for name in _BINARY},
        **rates,
        **areas,
        **{name: own[name] for name in _BETAS},
        **{f"{name}{_CONSTANT}": constant[name] for name in _BETAS},
    }


def _measure_positive(truths: Array, predicted: Array) -> Values:
    """Recall, precision, accuracy and F of the class 1."""
    right = float((truths & predicted).sum())
    recall, precision = _divide(right, truths.sum()), _divide(right, predicted.sum())
    scores = {name: _f(precision, recall, beta) for name, beta in _BETAS.items()}
    return {"recall": recall, "precision": precision, "accuracy": float((truths == predicted).mean()), **scores}


def _measure_multiclass(answers: Answers) -> Values:
    # AWS's page shows the figures of the last class as those of the best constant classifier, of binary answers too.
    constant = np.full(len(answers), _list_labels(answers)[-1], dtype=object)
    own, always = _weigh(answers.truths, answers.predicted), _weigh(answers.truths, constant)
    return {**own, **{f"{name}{_CONSTANT}": value for name, value in always.items()}}


def _weigh(truths: Array, predicted: Array) -> Values:
    """Each metric of each class, weighted by how many rows are of it."""
    found = {"accuracy": float((truths == predicted).mean())}
    labels, counts = np.unique(truths.astype(str), return_counts=True)
    each = [_measure_positive(truths == label, predicted == label) for label in labels]
    for name in ("recall", "precision", *_BETAS):
        found[f"weighted_{name}"] = float(np.average([measured[name] for measured in each], weights=counts))
    return found


def _f(precision: float, recall: float, beta: float) -> float:
    return _divide((1 + beta**2) * precision * recall, beta**2 * precision + recall)


def _divide(part: float, whole: float) -> float:
    """A share, 0 of nothing."""
    return float(part) / float(whole) if whole else 0.0


_MEASURES = {REGRESSION: _measure_regression, BINARY: _measure_binary, MULTICLASS: _measure_multiclass}
