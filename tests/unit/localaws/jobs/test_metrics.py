"""Metrics: the latest number that a line states, by the definitions' expressions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from localaws.images.builtin import find_algorithm
from localaws.jobs.metrics import Metrics, Publisher

LOSS = [{"Name": "loss", "Regex": r"loss=(\S+)"}]


def values(metrics: Metrics) -> dict[str, float]:
    return {item["MetricName"]: item["Value"] for item in metrics.take_changed()}


def test_the_latest_value_counts() -> None:
    metrics = Metrics(LOSS)
    metrics.read("loss=0.5")
    metrics.read("loss=2.5e-1")
    assert values(metrics) == {"loss": 0.25}


def test_nothing_is_taken_twice() -> None:
    metrics = Metrics(LOSS)
    assert values(metrics) == {}
    metrics.read("loss=0.5")
    assert values(metrics) == {"loss": 0.5}
    assert values(metrics) == {}


def test_a_line_without_a_number_changes_nothing() -> None:
    metrics = Metrics([*LOSS, {"Name": "bare", "Regex": "loss"}])
    metrics.read("loss=much")
    metrics.read("nothing here")
    assert values(metrics) == {}


def test_the_built_in_algorithm_s_lines_are_read() -> None:
    algorithm = find_algorithm("registry/image-classification:1")
    assert algorithm
    metrics = Metrics(algorithm.metrics)
    metrics.read("Epoch[3] Train-accuracy=0.912500")
    metrics.read("Epoch[3] Validation-accuracy=0.850000")
    assert values(metrics) == {"train:accuracy": 0.9125, "validation:accuracy": 0.85}


def test_xgboost_s_lines_are_read_by_channel_and_metric() -> None:
    algorithm = find_algorithm("registry/sagemaker-xgboost:1.7-1")
    assert algorithm
    metrics = Metrics(algorithm.metrics)
    metrics.read("[0]#011train-rmse:1.70035#011train-f1:0.5#011validation-rmse:2.1e-05#011validation-f1_binary:nan")
    metrics.read("[1]#011train-rmse:1.50000#011train-f1:0.6#011validation-rmse:2.00000#011validation-error@0.7:0.1")
    assert values(metrics) == {"train:rmse": 1.5, "train:f1": 0.6, "validation:rmse": 2.0}


class CloudWatch:
    """Keeps what is put, or refuses it."""

    def __init__(self, refusal: str = "") -> None:
        self.asked = 0
        self.put: list[dict[str, Any]] = []
        self._refusal = refusal

    def put_metric_data(self, **request: Any) -> None:
        self.asked += 1
        if self._refusal:
            raise ClientError({"Error": {"Code": self._refusal, "Message": "no"}}, "PutMetricData")
        self.put += request["MetricData"]


def publisher(cloudwatch: CloudWatch, metrics: Metrics) -> Publisher:
    clients: Any = SimpleNamespace(get=lambda _: cloudwatch)
    return Publisher(clients, "job-1", metrics)


def test_every_finite_value_is_published_once_under_the_job_s_name() -> None:
    metrics, cloudwatch = Metrics(LOSS), CloudWatch()
    publishes = publisher(cloudwatch, metrics)
    for value in ("0.5", "nan", "inf", "0.25"):
        metrics.read(f"loss={value}")
    publishes.publish()
    publishes.publish()
    assert [item["Value"] for item in cloudwatch.put] == [0.5, 0.25]
    assert {item["Dimensions"][0]["Value"] for item in cloudwatch.put} == {"job-1"}


def test_a_job_whose_role_may_not_write_metrics_runs_without_and_does_not_ask_again() -> None:
    metrics, cloudwatch = Metrics(LOSS), CloudWatch("AccessDenied")
    publishes = publisher(cloudwatch, metrics)
    for _ in range(2):
        metrics.read("loss=0.5")
        publishes.publish()
    assert cloudwatch.asked == 1
