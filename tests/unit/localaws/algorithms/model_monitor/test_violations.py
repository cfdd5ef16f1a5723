"""What of a dataset its baseline does not allow: each of the six checks, with its threshold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from common.jobs import Refusal

if TYPE_CHECKING:
    from tests.unit.localaws.algorithms.model_monitor.conftest import Monitor

Lines = Callable[..., str]
CHANCE = np.random.default_rng(4)
AGES = CHANCE.integers(20, 60, 300)
TOWNS = CHANCE.choice(["Bern", "Chur"], 300)


@pytest.fixture
def baseline(monitor: Monitor, lines: Lines) -> Monitor:
    monitor(lines(age=AGES, town=TOWNS))
    assert monitor.message == "Completed: Job completed successfully."
    monitor.keep("baseline")
    return monitor


def test_a_dataset_does_not_violate_itself(baseline: Monitor, lines: Lines) -> None:
    baseline(lines(age=AGES, town=TOWNS), against="baseline")
    assert baseline.violations() == []
    assert baseline.message == "Completed: Job completed successfully with no violations."


def test_numbers_that_moved_are_a_drift(baseline: Monitor, lines: Lines) -> None:
    baseline(lines(age=AGES + 15, town=TOWNS), against="baseline")
    assert baseline.violations() == [("baseline_drift_check", "age")]
    assert baseline.message == "CompletedWithViolations: Job completed successfully with 1 violations."
    (violation,) = baseline.read("constraint_violations")["violations"]
    assert violation["description"].startswith("Baseline drift distance: 0.")
    assert violation["description"].endswith(" exceeds threshold: 0.1")


def test_categories_that_moved_are_a_drift_and_new_ones_are_no_part_of_the_domain(
    baseline: Monitor, lines: Lines
) -> None:
    baseline(lines(age=AGES, town=["Bern"] * 299 + ["Genf"]), against="baseline")
    assert baseline.violations() == [("categorical_values_check", "town"), ("baseline_drift_check", "town")]
    assert "Observed: Only 99.6" in baseline.read("constraint_violations")["violations"][0]["description"]


def test_another_type_is_found_in_the_words_of_aws(baseline: Monitor, lines: Lines) -> None:
    baseline(
        lines(age=[f"{age}.5" if row < 75 else age for row, age in enumerate(AGES)], town=TOWNS), against="baseline"
    )
    (violation,) = baseline.read("constraint_violations")["violations"]
    assert violation["description"] == (
        "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%. Observed: Only "
        "75.0% of data is Integral."
    )


def test_missing_values_are_held_against_the_completeness(baseline: Monitor, lines: Lines) -> None:
    baseline(lines(age=["" if row < 3 else age for row, age in enumerate(AGES)], town=TOWNS), against="baseline")
    assert baseline.violations() == [("completeness_check", "age")]


def test_columns_may_be_missing_and_be_too_many(baseline: Monitor, lines: Lines) -> None:
    baseline(lines(age=AGES), against="baseline")
    assert baseline.violations() == [("missing_column_check", "Missing columns")]
    baseline(lines(age=AGES, town=TOWNS, more=AGES), against="baseline")
    assert baseline.violations() == [("extra_column_check", "Extra columns")]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({}, ["data_type_check", "categorical_values_check", "baseline_drift_check"]),
        ({"datatype_check_threshold": 0.7}, ["categorical_values_check", "baseline_drift_check"]),
        ({"domain_content_threshold": 0.5}, ["data_type_check", "baseline_drift_check"]),
        ({"distribution_constraints": {"comparison_threshold": 0.4}}, ["data_type_check", "categorical_values_check"]),
        (
            {"distribution_constraints": {"perform_comparison": "Disabled"}},
            ["data_type_check", "categorical_values_check"],
        ),
        ({"evaluate_constraints": "Disabled"}, []),
    ],
)
def test_each_option_of_the_config_is_honoured(
    monitor: Monitor, lines: Lines, config: dict[str, Any], found: list[str]
) -> None:
    monitor(lines(age=AGES, town=TOWNS))
    monitor.keep("baseline", **config)
    ages = [f"{age}.5" if row < 75 else age for row, age in enumerate(AGES)]
    monitor(lines(age=ages, town=["Genf" if row < 120 else "Chur" for row in range(300)]), against="baseline")
    assert [check for check, _ in monitor.violations()] == found


@pytest.mark.parametrize("member", ["monitoringConfigOverrides", "monitoring_config_overrides"])
def test_a_feature_has_options_of_its_own(baseline: Monitor, lines: Lines, member: str) -> None:
    file = baseline.folder / "baseline" / "constraints.json"
    document = json.loads(file.read_text())
    document["features"][0][member] = {"distribution_constraints": {"comparison_threshold": 0.9}}
    file.write_text(json.dumps(document))
    baseline(lines(age=AGES + 15, town=["Bern"] * 300), against="baseline")
    assert baseline.violations() == [("baseline_drift_check", "town")]


def test_categories_may_be_compared_by_chi_squared(monitor: Monitor, lines: Lines) -> None:
    monitor(lines(town=TOWNS), categorical_drift_method="ChiSquared")
    monitor.keep("baseline")
    monitor(lines(town=TOWNS), against="baseline")
    assert monitor.violations() == []
    monitor(lines(town=["Bern"] * 290 + ["Chur"] * 10), against="baseline")
    assert monitor.violations() == [("baseline_drift_check", "town")]
    assert "p-value" in monitor.read("constraint_violations")["violations"][0]["description"]


def test_a_method_that_is_none_of_aws_s_is_refused(monitor: Monitor, lines: Lines) -> None:
    monitor(lines(town=TOWNS))
    monitor.keep("baseline", distribution_constraints={"comparison_method": "Wasserstein"})
    with pytest.raises(Refusal, match="comparison_method 'Wasserstein'"):
        monitor(lines(town=TOWNS), against="baseline")


def test_files_of_another_schema_are_refused(baseline: Monitor, lines: Lines) -> None:
    (baseline.folder / "baseline" / "constraints.json").write_text('{"features": [{"inferred_type": "String"}]}')
    with pytest.raises(Refusal, match="not of Model Monitor's schema"):
        baseline(lines(age=AGES, town=TOWNS), against="baseline")
