"""The metrics of a scheduled analysis, which Model Monitor publishes from lines of JSON that the container leaves.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html names the metrics. The
dimensions are those of public code that reads them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from localaws.algorithms.model_monitor.table import NUMBERS, Column, Table

_FOLDER = Path("output", "metrics", "cloudwatch")


def write_metrics(root: Path, table: Table, distances: Mapping[str, float], variables: Mapping[str, str]) -> None:
    """Write a line a metric below `root`, the directory that is /opt/ml."""
    named = (
        ("Endpoint", variables.get("sagemaker_endpoint_name")),
        ("MonitoringSchedule", variables.get("sagemaker_monitoring_schedule_name")),
    )
    common = {
        "Timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Dimensions": [{"Name": name, "Value": value} for name, value in named if value],
        "Unit": "None",
    }
    measured = [item for column in table.columns for item in _measure(column, distances.get(column.name))]
    folder = root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps({**item, **common})}\n" for item in measured)
    (folder / "data_quality.jsonl").write_text(text, encoding="utf-8")


def _measure(column: Column, distance: float | None) -> Iterator[dict[str, Any]]:
    if column.type in NUMBERS:
        values = column.numbers
        yield {
            "MetricName": f"feature_data_{column.name}",
            "StatisticValues": {
                "Maximum": float(values.max()),
                "Minimum": float(values.min()),
                "Sum": float(values.sum()),
                "SampleCount": len(values),
            },
        }
    yield {"MetricName": f"feature_non_null_{column.name}", "Value": column.completeness}
    if distance is not None and math.isfinite(distance):
        yield {"MetricName": f"feature_baseline_drift_{column.name}", "Value": distance}
