"""constraints.json that a dataset suggests, and how a baseline's is read.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html; the thresholds are those that AWS's
container suggests, as in https://github.com/aws/sagemaker-python-sdk (tests/data/pipeline/quality_check_step).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.jobs import Refusal
from localaws.algorithms.model_monitor.request import DRIFT_METHODS
from localaws.algorithms.model_monitor.statistics import MOST_CATEGORIES
from localaws.algorithms.model_monitor.table import NUMBERS, STRING, Column, Table

_MOST_SINGLE = 0.1  # of the distinct values, may occur once: Deequ's CategoricalRangeRule
_METHODS = {"Simple": False, "linf_simple": False, "Robust": True, "linf_robust": True}
_DEFAULT: dict[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}


def suggest_constraints(table: Table, drift_method: str | None) -> dict[str, Any]:
    """The whole file; `drift_method` is another way to compare categories than by the largest difference."""
    distribution = dict(_DEFAULT["distribution_constraints"])
    if drift_method:
        distribution["categorical_drift_method"] = drift_method
    return {
        "version": 0.0,
        "features": [_suggest(column) for column in table.columns],
        "monitoring_config": {**_DEFAULT, "distribution_constraints": distribution},
    }


def _suggest(column: Column) -> dict[str, Any]:
    suggested: dict[str, Any] = {
        "name": column.name,
        "inferred_type": column.type,
        "completeness": column.completeness,
    }
    if column.type in NUMBERS:
        suggested["num_constraints"] = {"is_non_negative": bool(column.numbers.min() >= 0)}
    elif column.type == STRING:
        counted = column.present.value_counts()
        if len(counted) <= MOST_CATEGORIES and (counted == 1).sum() <= _MOST_SINGLE * len(counted):
            suggested["string_constraints"] = {"domains": sorted(map(str, counted.index))}
    return suggested


@dataclass(frozen=True)
class Config:
    """A monitoring_config, with a feature's monitoringConfigOverrides in it."""

    evaluates: bool
    emits: bool
    type_threshold: float
    domain_threshold: float
    compares: bool
    threshold: float
    robust: bool
    categorical_threshold: float
    chi_squared: bool


def read_config(document: Mapping[str, Any], overrides: Mapping[str, Any] | None = None) -> Config:
    """What a monitoring_config asks for, with its defaults; raises Refusal of a word that is not AWS's."""
    given = {**_DEFAULT, **document, **(overrides or {})}
    parts = [part.get("distribution_constraints") or {} for part in (document, overrides or {})]
    distribution: dict[str, Any] = {**_DEFAULT["distribution_constraints"], **parts[0], **parts[1]}
    if not {"categorical_comparison_threshold"} & (parts[0].keys() | parts[1].keys()):
        # As AWS's page has it.
        distribution["categorical_comparison_threshold"] = distribution["comparison_threshold"]
    method, categorical = distribution["comparison_method"], distribution["categorical_drift_method"]
    if method not in _METHODS or categorical not in DRIFT_METHODS:
        raise Refusal(
            f"The constraints have the comparison_method {method!r} and the categorical_drift_method {categorical!r}; "
            f"allowed are {', '.join(_METHODS)} and {', '.join(DRIFT_METHODS)}."
        )
    return Config(
        evaluates=given["evaluate_constraints"] == "Enabled",
        emits=given["emit_metrics"] == "Enabled",
        type_threshold=float(given["datatype_check_threshold"]),
        domain_threshold=float(given["domain_content_threshold"]),
        compares=distribution["perform_comparison"] == "Enabled",
        threshold=float(distribution["comparison_threshold"]),
        robust=_METHODS[method],
        categorical_threshold=float(distribution["categorical_comparison_threshold"]),
        chi_squared=categorical == "ChiSquared",
    )
