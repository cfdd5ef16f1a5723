"""The endpoint's figures of the last hours, in one call to CloudWatch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from console import endpoint
from console.page.source import Source

HOURS = 3
_MINUTE = 60
# Name on the page -> CloudWatch's metric, statistic, and what its values are multiplied by.
_METRICS = {
    "Invocations": ("Invocations", "Sum", 1.0),
    "4xx": ("Invocation4XXErrors", "Sum", 1.0),
    "5xx": ("Invocation5XXErrors", "Sum", 1.0),
    "Model latency, average": ("ModelLatency", "Average", 0.001),
    "Model latency, highest": ("ModelLatency", "Maximum", 0.001),
    "Overhead, average": ("OverheadLatency", "Average", 0.001),
}
COUNTS = ("Invocations", "4xx", "5xx")


@dataclass(frozen=True)
class Traffic:
    """Points (milliseconds since 1970, value) by name; latencies are in milliseconds."""

    series: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]

    def named(self, *, counts: bool) -> list[tuple[str, tuple[tuple[float, float], ...]]]:
        return [item for item in self.series if (item[0] in COUNTS) == counts]


def fetch_traffic(source: Source) -> Traffic:
    """Fetch the figures."""
    now = datetime.now(UTC)
    answer = source.client("cloudwatch").get_metric_data(
        MetricDataQueries=[_query(source, index, *wanted) for index, wanted in enumerate(_METRICS.values())],
        StartTime=now - timedelta(hours=HOURS),
        EndTime=now,
        ScanBy="TimestampAscending",
    )
    found = {result["Id"]: result for result in answer["MetricDataResults"]}
    return Traffic(
        tuple((name, _points(found.get(f"m{index}", {}), _METRICS[name][2])) for index, name in enumerate(_METRICS))
    )


def _query(source: Source, index: int, metric: str, statistic: str, _: float) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint.name(source), "VariantName": endpoint.VARIANT}
    return {
        "Id": f"m{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            },
            "Period": _MINUTE,
            "Stat": statistic,
        },
    }


def _points(result: dict[str, Any], factor: float) -> tuple[tuple[float, float], ...]:
    pairs = zip(result.get("Timestamps", []), result.get("Values", []), strict=True)
    return tuple(sorted((at.timestamp() * 1000, value * factor) for at, value in pairs))
