"""Metrics: the latest number that a line states, by the definitions' expressions."""

from __future__ import annotations

from localaws.images.builtin import find_algorithm
from localaws.jobs.metrics import Metrics

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
