"""The metrics that a training job's definition reads out of its log: described with the job, and kept by CloudWatch.

SageMaker writes them in the role's name, see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
(namespace `/aws/sagemaker/TrainingJobs`, dimension `TrainingJobName`), where the SDK's TrainingJobAnalytics reads them.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from localaws.aws import now
from localaws.clients import Clients
from localaws.shapes import Document

logger = logging.getLogger(__name__)

NAMESPACE = "/aws/sagemaker/TrainingJobs"
_MOST_DATA = 1_000  # a call of PutMetricData
_SECONDS = 10.0  # between two calls; CloudWatch answers by minutes


class Metrics:
    """The latest value of each metric, those before it, and those that CloudWatch has not got."""

    def __init__(self, definitions: Sequence[Document]) -> None:
        self._patterns = [(item["Name"], re.compile(item["Regex"])) for item in definitions]
        self._lock = threading.Lock()
        self._latest: dict[str, Document] = {}
        self._history: dict[str, list[float]] = {}
        self._changed = False
        self._points: list[Document] = []

    def read(self, line: str) -> None:
        """Take the values that a line states."""
        for name, pattern in self._patterns:
            found = pattern.search(line)
            value = _number(found.group(1)) if found and found.groups() else None
            if value is not None:
                with self._lock:
                    self._history.setdefault(name, []).append(value)
                    self._latest[name] = {"MetricName": name, "Value": value, "Timestamp": now()}
                    self._points.append({"MetricName": name, "Value": value, "Timestamp": datetime.now(UTC)})
                    self._changed = True

    def take_changed(self) -> list[Document]:
        """All latest values if any has changed since the last call, else none."""
        with self._lock:
            changed, self._changed = self._changed, False
            return list(self._latest.values()) if changed else []

    def take_points(self) -> list[Document]:
        """Every value since the last call, as PutMetricData takes it."""
        with self._lock:
            points, self._points = self._points, []
            return points

    def history(self) -> dict[str, list[float]]:
        """Every value of each metric, in the order of the log lines."""
        with self._lock:
            return {name: list(values) for name, values in self._history.items()}


class Publisher:
    """Brings a job's metrics to CloudWatch, under the job's role."""

    def __init__(self, clients: Clients, job: str, metrics: Metrics) -> None:
        self._clients = clients
        self._dimensions = [{"Name": "TrainingJobName", "Value": job}]
        self._metrics = metrics
        self._next = time.monotonic() + _SECONDS
        self._refused = False

    def publish_sometimes(self) -> None:
        """Publish what there is, unless that was done a moment ago."""
        if time.monotonic() > self._next:
            self.publish()
            self._next = time.monotonic() + _SECONDS

    def publish(self) -> None:
        """Publish what there is."""
        points = [{**point, "Dimensions": self._dimensions} for point in self._metrics.take_points()]
        # CloudWatch takes no NaN and no infinity, which a log may state.
        data = [point for point in points if abs(point["Value"]) < float("inf")]
        try:
            for start in range(0, 0 if self._refused else len(data), _MOST_DATA):
                cloudwatch = self._clients.get("cloudwatch")
                cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[start : start + _MOST_DATA])
        except ClientError as error:
            # As on AWS, what runs under a role that may not write metrics runs without.
            self._refused = error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
            logger.warning("No metrics of %s: %s", self._dimensions[0]["Value"], error)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
