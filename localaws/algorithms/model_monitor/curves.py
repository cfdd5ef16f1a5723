"""Curves of a binary classifier's probabilities over all thresholds, and the areas below them.

The points are those of Spark's BinaryClassificationMetrics, which AWS's container runs on: one a distinct probability,
from the greatest to the least, with the corners of the curve at its ends.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

from __future__ import annotations

import numpy as np

from localaws.algorithms.model_monitor.arrays import Array

_MOST_POINTS = 1000


def build_curves(truths: Array, probabilities: Array) -> dict[str, dict[str, list[float]]]:
    """Both curves, of at most some thousand points each."""
    false_rates, true_rates = _trace_roc(truths, probabilities)
    recalls, precisions = _trace_precision(truths, probabilities)
    chosen, others = _thin(len(false_rates)), _thin(len(recalls))
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": false_rates[chosen].tolist(),
            "true_positive_rates": true_rates[chosen].tolist(),
        },
        "precision_recall_curve": {
            "precisions": precisions[others].tolist(),
            "recalls": recalls[others].tolist(),
        },
    }


def measure_areas(truths: Array, probabilities: Array) -> dict[str, float]:
    """The areas below both curves; 0 where there is one class alone."""
    false_rates, true_rates = _trace_roc(truths, probabilities)
    recalls, precisions = _trace_precision(truths, probabilities)
    return {"auc": _area(false_rates, true_rates), "au_prc": _area(recalls, precisions)}


def _trace_roc(truths: Array, probabilities: Array) -> tuple[Array, Array]:
    right, wrong = _count(truths, probabilities)
    false_rates = np.concatenate([[0.0], wrong / max(wrong[-1], 1), [1.0]])
    return false_rates, np.concatenate([[0.0], right / max(right[-1], 1), [1.0]])


def _trace_precision(truths: Array, probabilities: Array) -> tuple[Array, Array]:
    right, wrong = _count(truths, probabilities)
    precisions = right / (right + wrong)
    return np.concatenate([[0.0], right / max(right[-1], 1)]), np.concatenate([precisions[:1], precisions])


def _count(truths: Array, probabilities: Array) -> tuple[Array, Array]:
    """How many true and false positives each distinct probability has as a threshold, from the greatest on."""
    order = np.argsort(-probabilities, kind="stable")
    ordered, positives = probabilities[order], truths[order]
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    right = np.cumsum(positives)[ends].astype(float)
    return right, ends + 1 - right


def _area(across: Array, up: Array) -> float:
    return float((np.diff(across) * (up[1:] + up[:-1]) / 2).sum())


def _thin(points: int) -> Array:
    return np.unique(np.linspace(0, points - 1, min(points, _MOST_POINTS)).astype(int))
