"""Captures of an endpoint as a table, and the metrics of a scheduled analysis."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from common.jobs import Refusal
from localaws.monitoring.metrics import datum

if TYPE_CHECKING:
    from tests.unit.localaws.algorithms.model_monitor.conftest import Monitor

FORM = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}
WINDOW = {"start_time": "2026-11-28T10:00:00Z", "end_time": "2026-11-28T11:00:00Z"}


def capture(asked: str, answered: str, encoding: str = "CSV", time: str = "2026-11-28T10:30:00Z") -> str:
    """One line as data capture writes it."""
    parts = {"endpointInput": ("INPUT", asked), "endpointOutput": ("OUTPUT", answered)}
    data = {
        name: {"observedContentType": "text/csv", "mode": mode, "data": text, "encoding": encoding}
        for name, (mode, text) in parts.items()
    }
    return json.dumps({"captureData": data, "eventMetadata": {"eventId": "e", "inferenceTime": time}}) + "\n"


def test_csv_has_the_answer_first_and_the_names_of_the_baseline(monitor: Monitor) -> None:
    monitor("rings,length,sex\n" + "5,0.5,M\n" * 50 + "7,0.5,F\n" * 50)
    monitor.keep("baseline")
    lines = capture("0.5,M", "5\n") * 50 + capture("0.5,F\n0.5,F", "7\n7") * 25
    monitor(lines, FORM, against="baseline", **WINDOW)
    assert monitor.violations() == []
    assert list(monitor.features("statistics")) == ["rings", "length", "sex"]
    assert monitor.read("statistics")["dataset"]["item_count"] == 100


def test_captures_of_another_width_are_too_many_columns(monitor: Monitor) -> None:
    monitor("length,sex\n0.5,M\n0.4,F\n")
    monitor.keep("baseline")
    monitor(capture("0.5,M", "5"), FORM, against="baseline", **WINDOW)
    assert {check for check, _ in monitor.violations()} == {"missing_column_check", "extra_column_check"}


def test_json_brings_its_own_names(monitor: Monitor) -> None:
    monitor(capture('{"length": 0.5}', '{"answer": {"rings": 5}}', "JSON"), FORM, **WINDOW)
    assert set(monitor.features("statistics")) == {"length", "answer.rings"}


def test_what_was_captured_outside_of_the_window_is_left_out(monitor: Monitor) -> None:
    inside, before, after = ("10:59:59", "09:59:59", "11:00:00")
    lines = "".join(capture("1", "2", time=f"2026-11-28T{time}Z") for time in (inside, before, after))
    monitor(lines, FORM, **WINDOW)
    assert monitor.read("statistics")["dataset"]["item_count"] == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (capture("aGVsbG8=", "aGVsbG8=", "BASE64"), "Captures are BASE64"),
        (capture("1\n2", "3"), "1 and 2 rows in its request and answer"),
        ('{"captureData": {}}\n', "a line that is no capture"),
        (capture("1", "2", time="2026-11-28T12:00:00Z"), "has no rows"),
    ],
)
def test_what_is_no_table_is_refused(monitor: Monitor, line: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        monitor(line, FORM, **WINDOW)


def test_a_model_s_quality_over_captures_is_refused(monitor: Monitor) -> None:
    named = {"analysis_type": "MODEL_QUALITY", "problem_type": "Regression"}
    with pytest.raises(Refusal, match="merged with their ground truth"):
        monitor(capture("1", "2"), FORM, **WINDOW, **named, inference_attribute="0", ground_truth_attribute="1")


def published(monitor: Monitor) -> dict[str, Any]:
    """The metrics as CloudWatch would be given them."""
    file = monitor.folder / "output" / "metrics" / "cloudwatch" / "data_quality.jsonl"
    data = [datum(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
    return {item["MetricName"]: item for item in data}


def test_a_schedule_s_metrics_are_those_of_aws_s_page(monitor: Monitor) -> None:
    monitor("rings,sex\n5,M\n7,F\n")
    assert published(monitor) == {}
    monitor.keep("baseline")
    names = {"sagemaker_endpoint_name": "shells", "sagemaker_monitoring_schedule_name": "hourly"}
    monitor(
        capture("M", "5") + capture("F", "9"),
        FORM,
        against="baseline",
        publish_cloudwatch_metrics="Enabled",
        **WINDOW,
        **names,
    )
    found = published(monitor)
    assert found.keys() == {
        *("feature_data_rings", "feature_non_null_rings", "feature_baseline_drift_rings"),
        *("feature_non_null_sex", "feature_baseline_drift_sex"),
    }
    assert found["feature_data_rings"]["StatisticValues"] == {
        "SampleCount": 2,
        "Sum": 14,
        "Minimum": 5,
        "Maximum": 9,
    }
    assert {item["Name"]: item["Value"] for item in found["feature_non_null_sex"]["Dimensions"]} == {
        "Endpoint": "shells",
        "MonitoringSchedule": "hourly",
    }


def test_a_baseline_may_ask_for_no_metrics(monitor: Monitor) -> None:
    monitor("a\n1\n")
    monitor.keep("baseline", emit_metrics="Disabled")
    monitor("a\n1\n", against="baseline", publish_cloudwatch_metrics="Enabled")
    assert published(monitor) == {}
