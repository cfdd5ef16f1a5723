"""statistics.json and constraints.json of a table, held against pandas and against files that AWS's container wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from localaws.algorithms.model_monitor.sketch import K, build_sketch, weigh
from localaws.algorithms.model_monitor.table import build_table

if TYPE_CHECKING:
    from tests.unit.localaws.algorithms.model_monitor.conftest import Monitor

Lines = Callable[..., str]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "+3"], "Integral"),
        (["1", "2.5"], "Fractional"),
        ([".5", "1."], "Fractional"),
        (["1", "word"], "String"),
        (["1e-05", "2E3"], "Fractional"),
        (["e5", "1e"], "String"),
        (["1e999", "1"], "String"),
        (["true", "false"], "String"),
        (["", None], "Unknown"),
        (["7", "", "8"], "Integral"),
    ],
)
def test_a_column_has_the_type_of_all_its_values(values: list[str | None], kind: str) -> None:
    (column,) = build_table(pd.DataFrame({"a": values}, dtype=object)).columns
    assert column.type == kind


def test_numbers_are_measured_as_aws_s_container_measures_them(monitor: Monitor, lines: Lines) -> None:
    # The column _c0 of data_quality/statistics.json in the SDK's own tests, which AWS's container wrote.
    monitor(lines(a=["1.0"] * 24 + ["2.0"] * 21 + ["3.0"] * 55))
    measured = monitor.features("statistics")["a"]
    assert measured["inferred_type"] == "Fractional"
    numbers = measured["numerical_statistics"]
    buckets = numbers["distribution"]["kll"]["buckets"]
    assert numbers["common"] == {"num_present": 100, "num_missing": 0}
    assert [numbers[name] for name in ("mean", "sum", "min", "max")] == [2.31, 231.0, 1.0, 3.0]
    assert numbers["std_dev"] == pytest.approx(0.8330066026148891)
    assert [bucket["count"] for bucket in buckets] == [24.0, 0.0, 0.0, 0.0, 0.0, 21.0, 0.0, 0.0, 0.0, 55.0]
    assert [bucket["upper_bound"] for bucket in buckets] == [1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0]
    assert numbers["distribution"]["kll"]["sketch"]["parameters"] == {"c": 0.64, "k": 2048.0}


def test_numbers_are_measured_as_pandas_measures_them(monitor: Monitor, lines: Lines) -> None:
    values = pd.Series(np.random.default_rng(1).normal(5, 3, 500))
    monitor(lines(a=values))
    numbers = monitor.features("statistics")["a"]["numerical_statistics"]
    kll = numbers["distribution"]["kll"]
    for name, expected in (("mean", values.mean()), ("sum", values.sum()), ("std_dev", values.std(ddof=0))):
        assert numbers[name] == pytest.approx(expected)
    assert [bucket["count"] for bucket in kll["buckets"]] == np.histogram(values, 10)[0].tolist()
    assert kll["sketch"]["data"] == [values.tolist()]


def test_text_is_counted_and_a_missing_value_is_one(monitor: Monitor) -> None:
    monitor('a,b\nred,1\n"bl,ue",\nred,\n,4\n')
    text = monitor.features("statistics")["a"]["string_statistics"]
    assert text["common"] == {"num_present": 3, "num_missing": 1}
    assert text["distinct_count"] == 2
    assert text["distribution"]["categorical"]["buckets"] == [
        {"value": "bl,ue", "count": 1},
        {"value": "red", "count": 2},
    ]
    assert monitor.read("statistics")["dataset"] == {"item_count": 4}
    assert monitor.features("constraints")["b"] == {
        "name": "b",
        "inferred_type": "Integral",
        "completeness": 0.5,
        "num_constraints": {"is_non_negative": True},
    }


def test_a_column_of_no_value_is_unknown_and_may_stay_so(monitor: Monitor) -> None:
    monitor("a,b\n1,\n2,\n")
    assert monitor.features("constraints")["b"] == {"name": "b", "inferred_type": "Unknown", "completeness": 0.0}
    monitor.keep("baseline")
    monitor("a,b\n1,\n2,\n", against="baseline")
    assert monitor.violations() == []


def test_a_domain_is_suggested_of_few_values_that_recur(monitor: Monitor, lines: Lines) -> None:
    monitor(lines(few=["x", "y"] * 50, names=[f"n{place}" for place in range(100)], below=[-1] * 100))
    features = monitor.features("constraints")
    assert features["few"]["string_constraints"] == {"domains": ["x", "y"]}
    assert "string_constraints" not in features["names"]
    assert features["below"]["num_constraints"] == {"is_non_negative": False}


def test_the_suggested_config_is_that_of_aws_s_container(monitor: Monitor) -> None:
    monitor("a\n1\n", categorical_drift_method="ChiSquared")
    config = monitor.read("constraints")["monitoring_config"]
    distribution = config.pop("distribution_constraints")
    assert config == {
        "evaluate_constraints": "Enabled",
        "emit_metrics": "Enabled",
        "datatype_check_threshold": 1.0,
        "domain_content_threshold": 1.0,
    }
    assert distribution["comparison_threshold"] == 0.1
    assert distribution["comparison_method"] == "Robust"
    assert distribution["categorical_drift_method"] == "ChiSquared"


def test_columns_without_a_header_are_numbered(monitor: Monitor) -> None:
    monitor("1,a\n2,b\n", {"csv": {"header": False}})
    assert list(monitor.features("statistics")) == ["_c0", "_c1"]


def test_json_lines_are_columns_of_their_members(monitor: Monitor) -> None:
    monitor('{"a": 1, "b": {"c": 1e-7}}\n{"a": null, "b": {"c": 2.0}, "d": true}\n', {"json": {"lines": True}})
    features = monitor.features("statistics")
    assert {name: feature["inferred_type"] for name, feature in features.items()} == {
        "a": "Integral",
        "b.c": "Fractional",
        "d": "String",
    }
    assert features["b.c"]["numerical_statistics"]["min"] == 1e-7


def test_a_sketch_of_many_values_keeps_their_number_and_their_quantiles() -> None:
    values = np.random.default_rng(2).exponential(size=100_000)
    levels = build_sketch(values)
    items, weights = weigh(levels)
    assert len(items) < 4 * K
    assert weights.sum() == len(values)
    order = np.argsort(items)
    ranks = np.cumsum(weights[order]) / len(values)
    exact = np.searchsorted(np.sort(values), items[order], side="right") / len(values)
    assert np.abs(ranks - exact).max() < 0.01
