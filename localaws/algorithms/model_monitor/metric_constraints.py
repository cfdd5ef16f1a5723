"""constraints.json of a model's answers, and what of new answers it does not allow.

The form of the constraints, and that a metric's own value is its threshold, is seen in
https://github.com/aws/sagemaker-python-sdk (tests/data/pipeline/quality_check_step/model_quality).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from operator import gt, lt
from typing import Any

from common.jobs import Refusal
from localaws.algorithms.model_monitor.metrics import SECTIONS
from localaws.algorithms.model_monitor.request import BINARY, MULTICLASS, REGRESSION

_LESS, _GREATER = "LessThanThreshold", "GreaterThanThreshold"
_OPERATORS: dict[str, Callable[[float, float], bool]] = {_LESS: lt, _GREATER: gt}
_CONSTRAINED = {
    REGRESSION: ("mae", "mse", "rmse", "r2"),
    BINARY: (
        *("recall", "precision", "accuracy", "true_positive_rate", "true_negative_rate", "false_positive_rate"),
        *("false_negative_rate", "auc", "f0_5", "f1", "f2"),
    ),
    MULTICLASS: (
        *("accuracy", "weighted_recall", "weighted_precision", "weighted_f0_5", "weighted_f1", "weighted_f2"),
    ),
}
_ROUNDING = 1e-9
_BETTER_LOW = ("mae", "mse", "rmse", "false_positive_rate", "false_negative_rate")


def suggest_metric_constraints(problem: str, statistics: Mapping[str, Any]) -> dict[str, Any]:
    """Each metric as it is, with the side of it that is a violation."""
    metrics = statistics[f"{SECTIONS[problem]}_metrics"]
    constraints = {
        name: {
            "threshold": metrics[name]["value"],
            "comparison_operator": _GREATER if name in _BETTER_LOW else _LESS,
        }
        for name in _CONSTRAINED[problem]
        if name in metrics
    }
    return {"version": 0.0, f"{SECTIONS[problem]}_constraints": constraints}


def check_metrics(problem: str, statistics: Mapping[str, Any], constraints: Mapping[str, Any]) -> list[dict[str, str]]:
    """The violations of a baseline's constraints; raises Refusal of those that are of another problem or form."""
    metrics = statistics[f"{SECTIONS[problem]}_metrics"]
    section = f"{SECTIONS[problem]}_constraints"
    if not isinstance(constraints.get(section), dict):
        raise Refusal(f"The baseline's constraints have no {section}: give those of a {problem} baseline.")
    found = []
    for name, constraint in constraints[section].items():
        if name not in metrics or "value" not in metrics[name]:
            raise Refusal(
                f"The baseline constrains {name}, which these answers have not: they have {', '.join(metrics)}."
            )
        operator = constraint.get("comparison_operator")
        if operator not in _OPERATORS:
            raise Refusal(f"{name} has the comparison_operator {operator!r}; allowed are {', '.join(_OPERATORS)}.")
        value, deviation = metrics[name]["value"], metrics[name]["standard_deviation"]
        threshold = float(constraint["threshold"])
        # Another order of summing changes a last digit, which is no change of the model.
        if _OPERATORS[operator](value, threshold) and not math.isclose(value, threshold, rel_tol=_ROUNDING):
            text = f"Metric {name} with {value} +/- {deviation} was {operator} '{constraint['threshold']}'"
            found.append({"constraint_check_type": operator, "description": text, "metric_name": name})
    return found
