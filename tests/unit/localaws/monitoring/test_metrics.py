"""The metric lines of a container: what is sent, and what is only counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localaws.monitoring.metrics import FOLDER, NAMESPACE, publish

GOOD: dict[str, Any] = {
    "MetricName": "drift_violations",
    "Timestamp": "2026-11-24T10:00:00Z",
    "Dimensions": [{"Name": "Endpoint", "Value": "watched"}],
    "Value": 3,
}
STATISTICS = {"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 4}


class CloudWatch:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def put_metric_data(self, **request: Any) -> None:
        self.calls.append(request)


def written(root: Path, *lines: object) -> Path:
    folder = root / FOLDER
    folder.mkdir(parents=True)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "metrics.jsonl").write_text(text)
    return root


def test_a_line_is_sent_under_model_monitor_s_namespace(tmp_path: Path) -> None:
    cloudwatch = CloudWatch()
    assert publish(cloudwatch, [written(tmp_path, GOOD)]) == (1, 0)
    (call,) = cloudwatch.calls
    assert call["Namespace"] == NAMESPACE == "aws/sagemaker/Endpoints/data-metrics"
    (datum,) = call["MetricData"]
    assert datum["Timestamp"].isoformat() == "2026-11-24T10:00:00+00:00"
    assert (datum["Value"], datum["Dimensions"]) == (3, GOOD["Dimensions"])


def test_statistics_are_sent_as_they_are(tmp_path: Path) -> None:
    cloudwatch = CloudWatch()
    line = {name: value for name, value in GOOD.items() if name != "Value"} | {"StatisticValues": STATISTICS}
    assert publish(cloudwatch, [written(tmp_path, line)]) == (1, 0)
    assert cloudwatch.calls[0]["MetricData"][0]["StatisticValues"] == STATISTICS


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        {**GOOD, "MetricName": ""},
        {**GOOD, "Value": "3"},
        {**GOOD, "Value": True},
        '{"MetricName": "m", "Timestamp": "2026-11-24T10:00:00Z", "Value": NaN}',
        {**GOOD, "StatisticValues": STATISTICS},
        {**GOOD, "Timestamp": "yesterday"},
        {**GOOD, "Unit": "Violations"},
        {**GOOD, "Dimensions": [{"Name": "Endpoint"}]},
        {**GOOD, "Dimensions": [{"Name": f"d{number}", "Value": "v"} for number in range(31)]},
    ],
)
def test_a_line_that_is_no_metric_is_counted_and_keeps_no_other_back(tmp_path: Path, line: object) -> None:
    cloudwatch = CloudWatch()
    assert publish(cloudwatch, [written(tmp_path, line, "", GOOD)]) == (1, 1)
    assert len(cloudwatch.calls[0]["MetricData"]) == 1


def test_a_container_that_left_no_metrics_sends_none(tmp_path: Path) -> None:
    cloudwatch = CloudWatch()
    assert publish(cloudwatch, [tmp_path]) == (0, 0)
    assert cloudwatch.calls == []


def test_many_metrics_of_several_instances_go_in_batches(tmp_path: Path) -> None:
    cloudwatch = CloudWatch()
    roots = [written(tmp_path / f"algo-{number}", *[GOOD] * 400) for number in (1, 2)]
    assert publish(cloudwatch, roots) == (800, 0)
    assert [len(call["MetricData"]) for call in cloudwatch.calls] == [500, 300]
