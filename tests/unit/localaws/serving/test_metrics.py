"""Invocations come to CloudWatch all, each counted once; of latencies a few of many values stand for all."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from localaws.serving.metrics import Measured, Metrics


class CloudWatch:
    """Adds up what it is sent: how often each value of a metric was."""

    def __init__(self) -> None:
        self.values: dict[str, Counter[float]] = {}

    def put_metric_data(self, **request: Any) -> None:
        for datum in request["MetricData"]:
            assert len(datum["Values"]) <= 150
            counts = self.values.setdefault(datum["MetricName"], Counter())
            counts.update(dict(zip(datum["Values"], datum["Counts"], strict=True)))


def gather(*measured: Measured) -> dict[str, Counter[float]]:
    metrics, cloudwatch = Metrics(), CloudWatch()
    for each in measured:
        metrics.add(each)
    metrics.flush(cloudwatch)
    metrics.flush(cloudwatch)
    return cloudwatch.values


@pytest.mark.parametrize(
    ("status", "errors"), [(200, (0, 0, 0)), (404, (1, 0, 1)), (500, (0, 1, 1)), (0, (0, 1, 1)), (302, (0, 0, 1))]
)
def test_an_invocation_is_counted_with_what_became_of_it(status: int, errors: tuple[int, ...]) -> None:
    values = gather(Measured("watched", "live", status, 10, 20, 4))
    names = ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors")
    assert tuple(values[name] for name in names) == tuple({error: 1} for error in errors)
    assert (values["Invocations"], values["InvocationsPerInstance"]) == ({1: 1}, {0.25: 1})
    assert (values["ModelLatency"], values["OverheadLatency"]) == ({10: 1}, {20: 1})


def test_many_latencies_have_few_values_which_are_hardly_wrong() -> None:
    latencies = range(800, 12_000)
    found = gather(*(Measured("watched", "live", 200, each, 0, 1) for each in latencies))["ModelLatency"]
    assert found.total() == len(latencies)
    assert len(found) < 150
    mean = sum(value * count for value, count in found.items()) / len(latencies)
    assert mean == pytest.approx(sum(latencies) / len(latencies), rel=0.001)


@pytest.mark.parametrize("latency", [0, 1, 63, 64, 65, 999, 1_000, 30_100, 60_000_000])
def test_a_latency_is_at_most_two_percent_wrong(latency: int) -> None:
    [found] = gather(Measured("watched", "live", 200, latency, 0, 1))["ModelLatency"]
    assert found == pytest.approx(latency, rel=0.016)
