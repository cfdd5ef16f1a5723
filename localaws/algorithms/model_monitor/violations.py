"""constraint_violations.json: what a table has that its baseline's constraints do not allow.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html names the six checks. It has
none for is_non_negative, so there is none here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.jobs import Refusal
from localaws.algorithms.model_monitor.arrays import Array
from localaws.algorithms.model_monitor.constraints import Config, read_config
from localaws.algorithms.model_monitor.distances import chi_square, compare_categories, compare_numbers
from localaws.algorithms.model_monitor.sketch import weigh
from localaws.algorithms.model_monitor.table import NUMBERS, STRING, UNKNOWN, Column, Table

DATA_TYPE, COMPLETENESS, DRIFT = "data_type_check", "completeness_check", "baseline_drift_check"
MISSING, EXTRA, VALUES = "missing_column_check", "extra_column_check", "categorical_values_check"
_ROUNDING = 1e-12  # of a share that was written as text


@dataclass(frozen=True)
class Checked:
    """What the checks found, and the distance from the baseline of each column that was compared."""

    violations: list[dict[str, str]]
    distances: dict[str, float]


def check_table(table: Table, constraints: Mapping[str, Any], statistics: Mapping[str, Any] | None) -> Checked:
    """Hold a table against a baseline's two files; of statistics there may be none. Raises Refusal of other files."""
    try:
        return _check(table, constraints, statistics)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(
            f"The baseline's files are not of Model Monitor's schema ({type(error).__name__}: {error}): give "
            "constraints.json and statistics.json of a data quality baseline."
        ) from error


def _check(table: Table, constraints: Mapping[str, Any], statistics: Mapping[str, Any] | None) -> Checked:
    found: list[dict[str, str]] = []
    distances: dict[str, float] = {}
    overall = constraints.get("monitoring_config") or {}
    if not read_config(overall).evaluates:
        return Checked(found, distances)
    features = {feature["name"]: feature for feature in constraints["features"]}
    before = {feature["name"]: feature for feature in (statistics or {}).get("features", [])}
    found.extend(_check_columns(table, list(features)))
    for column in table.columns:
        feature = features.get(column.name)
        if feature is None:
            continue
        # By AWS's page, and as the SDK's Constraints.set_monitoring spells it.
        overrides = feature.get("monitoringConfigOverrides") or feature.get("monitoring_config_overrides")
        config = read_config(overall, overrides)
        if not config.evaluates:
            continue
        found.extend(_check_values(column, feature, config))
        distance, violation = _compare(column, before.get(column.name, {}), config)
        if distance is not None:
            distances[column.name] = distance
        found.extend(violation)
    return Checked(found, distances)


def _check_columns(table: Table, expected: list[str]) -> Iterator[dict[str, str]]:
    counts = (
        f"Number of columns in current dataset: {len(table.columns)}, Number of columns in baseline constraints: "
        f"{len(expected)}"
    )
    missing = [name for name in expected if name not in table.names]
    extra = [name for name in table.names if name not in expected]
    for names, check, word in ((missing, MISSING, "missing"), (extra, EXTRA, "extra")):
        if names:
            text = f"There are {word} columns in current dataset. {counts} ({word}: {', '.join(names)})"
            yield _violation(f"{word.capitalize()} columns", check, text)


def _check_values(column: Column, feature: Mapping[str, Any], config: Config) -> Iterator[dict[str, str]]:
    kind = feature["inferred_type"]
    share = column.share_of(kind)
    if kind != UNKNOWN and len(column.present) and share < config.type_threshold:
        text = (
            f"Data type match requirement is not met. Expected data type: {kind}, Expected match: "
            f"{_percent(config.type_threshold)}. Observed: Only {_percent(share)} of data is {kind}."
        )
        yield _violation(column.name, DATA_TYPE, text)
    least = float(feature.get("completeness", 0))
    if column.completeness < least - _ROUNDING:
        text = (
            f"Completeness requirement is not met. Expected completeness: {_percent(least)}. Observed: Only "
            f"{_percent(column.completeness)} of data is present."
        )
        yield _violation(column.name, COMPLETENESS, text)
    domains = (feature.get("string_constraints") or {}).get("domains")
    if domains is not None and len(column.present):
        known = float(column.present.isin(list(map(str, domains))).mean())
        if known < config.domain_threshold:
            text = (
                f"Domain content requirement is not met. Expected match: {_percent(config.domain_threshold)}. "
                f"Observed: Only {_percent(known)} of data is in the domain of the baseline."
            )
            yield _violation(column.name, VALUES, text)


def _compare(column: Column, before: Mapping[str, Any], config: Config) -> tuple[float | None, list[dict[str, str]]]:
    """The distance of a column from its baseline, None where one of them has no distribution, and the violation."""
    if not config.compares:
        return None, []
    if column.type in NUMBERS and "numerical_statistics" in before:
        then = _read_numbers(before["numerical_statistics"]["distribution"]["kll"])
        values = column.numbers
        distance = compare_numbers(then, (values, np.ones(len(values))), robust=config.robust)
        return distance, _drifted(column, distance, config.threshold)
    categories = (before.get("string_statistics") or {}).get("distribution", {}).get("categorical", {})
    known = {bucket["value"]: float(bucket["count"]) for bucket in categories.get("buckets", [])}
    if column.type == STRING and known:
        counted = {str(value): float(count) for value, count in column.present.value_counts().items()}
        if config.chi_squared:
            return _test(column, known, counted, config)
        distance = compare_categories(known, counted, robust=config.robust)
        return distance, _drifted(column, distance, config.categorical_threshold)
    return None, []


def _read_numbers(kll: Mapping[str, Any]) -> tuple[Array, Array]:
    """A baseline's distribution: its sketch's, or that of its buckets where a container wrote no sketch."""
    levels = kll.get("sketch", {}).get("data")
    if levels:
        return weigh(levels)
    buckets = kll["buckets"]
    return (
        np.asarray([float(bucket["upper_bound"]) for bucket in buckets]),
        np.asarray([float(bucket["count"]) for bucket in buckets]),
    )


def _test(
    column: Column, known: Mapping[str, float], counted: Mapping[str, float], config: Config
) -> tuple[float | None, list[dict[str, str]]]:
    """By chi-squared: the robust form has drifted where its p-value is below the threshold, the simple one above."""
    statistic, p_value = chi_square(known, counted)
    if not config.robust:
        return statistic, _drifted(column, statistic, config.categorical_threshold)
    if not p_value < config.categorical_threshold:
        return p_value, []
    text = f"Baseline drift p-value: {p_value} is below threshold: {config.categorical_threshold}"
    return p_value, [_violation(column.name, DRIFT, text)]


def _drifted(column: Column, distance: float, threshold: float) -> list[dict[str, str]]:
    if not distance > threshold:
        return []
    text = f"Baseline drift distance: {distance} exceeds threshold: {threshold}"
    return [_violation(column.name, DRIFT, text)]


def _violation(name: str, check: str, description: str) -> dict[str, str]:
    return {"feature_name": name, "constraint_check_type": check, "description": description}


def _percent(share: float) -> str:
    return f"{share * 100}%"
