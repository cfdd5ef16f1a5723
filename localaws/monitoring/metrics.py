"""The CloudWatch metrics that a container leaves as lines of JSON, published under Model Monitor's namespace."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from localaws.shapes import Document, service_model

logger = logging.getLogger(__name__)

# AWS's pages spell it in three ways; this is the one by which public code raises its alarms.
NAMESPACE = "aws/sagemaker/Endpoints/data-metrics"
FOLDER = Path("output") / "metrics" / "cloudwatch"
_BATCH = 500
_MOST_DIMENSIONS = 30
_STATISTICS = ("SampleCount", "Sum", "Minimum", "Maximum")


def publish(cloudwatch: Any, roots: Iterable[Path]) -> tuple[int, int]:  # noqa: ANN401 - boto3's
    """Send what the instances' /opt/ml directories hold; answers how many data were sent and how many lines refused."""
    data, refused = [], 0
    for line in _lines(roots):
        try:
            data.append(datum(json.loads(line)))
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            refused += 1
            logger.warning("A metric's line cannot be read (%s): %.200s", error, line)
    for start in range(0, len(data), _BATCH):
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[start : start + _BATCH])
    return len(data), refused


def datum(line: Document) -> Document:
    """A line as a MetricDatum; raises where it is none."""
    if not isinstance(line, dict):
        raise TypeError("it is not a JSON object")
    dimensions = [{"Name": _word(item["Name"]), "Value": _word(item["Value"])} for item in line.get("Dimensions", [])]
    if len(dimensions) > _MOST_DIMENSIONS:
        raise ValueError(f"it has {len(dimensions)} dimensions; CloudWatch takes {_MOST_DIMENSIONS}")
    if ("Value" in line) == ("StatisticValues" in line):
        raise ValueError("it needs either Value or StatisticValues, and not both")
    measured: Document = (
        {"Value": _number(line["Value"])}
        if "Value" in line
        else {"StatisticValues": {name: _number(line["StatisticValues"][name]) for name in _STATISTICS}}
    )
    return {
        "MetricName": _word(line["MetricName"]),
        "Timestamp": datetime.fromisoformat(line["Timestamp"]),
        "Dimensions": dimensions,
        "Unit": _unit(line.get("Unit", "None")),
        **measured,
    }


def _lines(roots: Iterable[Path]) -> Iterator[str]:
    for root in roots:
        for file in sorted((root / FOLDER).glob("*.jsonl")):
            with file.open(encoding="utf-8", errors="replace") as opened:
                yield from (line for line in opened if line.strip())


def _unit(value: object) -> object:
    units = service_model("cloudwatch").shape_for("StandardUnit").metadata["enum"]
    if value not in units:
        raise ValueError(f"{value!r} is not one of CloudWatch's units")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 1024:
        raise ValueError(f"{value!r} is not a text of 1 to 1024 characters")
    return value


def _number(value: object) -> float:
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number
