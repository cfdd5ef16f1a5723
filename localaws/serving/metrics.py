"""CloudWatch metrics of each invocation, in namespace AWS/SageMaker, gathered here and sent every second.

Names and units are AWS's: errors are 0 or 1 a request, so that their average is a rate; latencies are microseconds.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NAMESPACE = "AWS/SageMaker"
_MOST_VALUES = 150  # CloudWatch's limit for one datum
_MOST_DATA = 500  # a datum with all its values takes about 2 KB, and a request 1 MB


@dataclass(frozen=True)
class Measured:
    """One invocation as it went. `status` is the model's, 0 where it gave none; times are in microseconds."""

    endpoint: str
    variant: str
    status: int
    model_latency: int
    overhead_latency: int
    instances: int

    def values(self) -> Iterator[tuple[str, str, float]]:
        """Metric name, unit and value."""
        yield "Invocations", "None", 1
        yield "InvocationsPerInstance", "None", 1 / max(1, self.instances)
        yield "Invocation4XXErrors", "None", int(400 <= self.status < 500)
        yield "Invocation5XXErrors", "None", int(self.status >= 500 or self.status == 0)
        yield "InvocationModelErrors", "None", int(not 200 <= self.status < 300)
        yield "ModelLatency", "Microseconds", self.model_latency
        yield "OverheadLatency", "Microseconds", self.overhead_latency


class Metrics:
    """Counts values until they are flushed. Safe for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str, str], Counter[float]] = defaultdict(Counter)

    def add(self, measured: Measured) -> None:
        """Count one invocation."""
        with self._lock:
            for name, unit, value in measured.values():
                self._counts[measured.endpoint, measured.variant, name, unit][value] += 1

    def flush(self, cloudwatch: Any) -> None:  # noqa: ANN401 - boto3 makes its client classes at run time
        """Send what has gathered."""
        with self._lock:
            counts, self._counts = self._counts, defaultdict(Counter)
        data = [datum for key, counter in counts.items() for datum in _data(key, counter)]
        for start in range(0, len(data), _MOST_DATA):
            cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[start : start + _MOST_DATA])


def _data(key: tuple[str, str, str, str], counter: Counter[float]) -> Iterator[dict[str, Any]]:
    endpoint, variant, name, unit = key
    items = list(counter.items())
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
