"""CloudWatch metrics of each invocation, in namespace AWS/SageMaker, gathered here and sent every second.

Names and units are AWS's: errors are 0 or 1 a request, so that their average is a rate; latencies are microseconds.
They are rounded to a few of their binary digits, so that many requests have few values among them: each value of a
minute is a datapoint, which MiniStack keeps for two weeks, copies whenever it saves, and looks at with every request.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

NAMESPACE = "AWS/SageMaker"
_MOST_VALUES = 150  # CloudWatch's limit for one datum
_MOST_DATA = 500  # a datum with all its values takes about 2 KB, and a request 1 MB
_KEPT_BITS = 6  # of a latency, which is then 1.6 % wrong at most
_Counts = Counter[float]


@dataclass(frozen=True)
class Measured:
    """One invocation as it went. `status` is the model's, 0 where it gave none; times are in microseconds."""

    endpoint: str
    variant: str
    status: int
    model_latency: int
    overhead_latency: int
    instances: int


@dataclass(frozen=True)
class _Gathered:
    """The invocations of one variant: how often each outcome (status, instances) and each latency was."""

    outcomes: Counter[tuple[int, int]] = field(default_factory=Counter)
    model: _Counts = field(default_factory=Counter)
    overhead: _Counts = field(default_factory=Counter)

    def metrics(self) -> Iterator[tuple[str, str, _Counts]]:
        """Metric name, unit, and how often each value was."""
        yield "Invocations", "None", self._count(lambda _, __: 1)
        yield "InvocationsPerInstance", "None", self._count(lambda _, instances: 1 / max(1, instances))
        yield "Invocation4XXErrors", "None", self._count(lambda status, _: 400 <= status < 500)
        yield "Invocation5XXErrors", "None", self._count(lambda status, _: status >= 500 or status == 0)
        yield "InvocationModelErrors", "None", self._count(lambda status, _: not 200 <= status < 300)
        yield "ModelLatency", "Microseconds", self.model
        yield "OverheadLatency", "Microseconds", self.overhead

    def _count(self, value_of: Callable[[int, int], float]) -> _Counts:
        counts: _Counts = Counter()
        for outcome, count in self.outcomes.items():
            counts[float(value_of(*outcome))] += count
        return counts


class Metrics:
    """Counts values until they are flushed. Safe for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gathered: dict[tuple[str, str], _Gathered] = defaultdict(_Gathered)

    def add(self, measured: Measured) -> None:
        """Count one invocation."""
        with self._lock:
            gathered = self._gathered[measured.endpoint, measured.variant]
            gathered.outcomes[measured.status, measured.instances] += 1
            gathered.model[_round(measured.model_latency)] += 1
            gathered.overhead[_round(measured.overhead_latency)] += 1

    def flush(self, cloudwatch: Any) -> None:  # noqa: ANN401 - boto3 makes its client classes at run time
        """Send what has gathered."""
        with self._lock:
            gathered, self._gathered = self._gathered, defaultdict(_Gathered)
        data = [
            datum
            for (endpoint, variant), found in gathered.items()
            for metric in found.metrics()
            for datum in _data(endpoint, variant, *metric)
        ]
        for start in range(0, len(data), _MOST_DATA):
            cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[start : start + _MOST_DATA])


def _round(latency: int) -> int:
    dropped = max(0, latency.bit_length() - _KEPT_BITS)
    return (latency + (1 << dropped >> 1)) >> dropped << dropped


def _data(endpoint: str, variant: str, name: str, unit: str, counted: _Counts) -> Iterator[dict[str, Any]]:
    items = list(counted.items())
    for start in range(0, len(items), _MOST_VALUES):
        values, counts = zip(*items[start : start + _MOST_VALUES], strict=True)
        yield {
            "MetricName": name,
            "Dimensions": [
                {"Name": "EndpointName", "Value": endpoint},
                {"Name": "VariantName", "Value": variant},
            ],
            "Timestamp": time.time(),
            "Unit": unit,
            "Values": list(values),
            "Counts": list(counts),
        }
