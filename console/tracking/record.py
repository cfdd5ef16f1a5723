"""What of an execution goes to MLflow, in MLflow's terms and without its client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from console.progress.snapshot import Training

_STATUSES = {
    "Succeeded": "FINISHED",
    "Completed": "FINISHED",
    "CompletedWithViolations": "FINISHED",
    "Failed": "FAILED",
    "Stopped": "KILLED",
}
LONGEST_VALUE = 6_000
"""Characters of a parameter: https://mlflow.org/docs/latest/api_reference/rest-api.html#log-param"""


@dataclass(frozen=True)
class Point:
    """One value of a metric; `step` is the epoch of a curve, 0 of a number that is measured once."""

    metric: str
    value: float
    step: int
    at: datetime


@dataclass(frozen=True)
class File:
    """A file in S3, and where it lies among a run's artifacts."""

    address: str
    path: str


@dataclass(frozen=True)
class Version:
    """The version that an execution has registered; `approval` is SageMaker's word."""

    group: str
    number: int
    artifact: str
    approval: str


@dataclass(frozen=True)
class Record:
    """An execution, a trial of its search, or a check for drift; `key` is the ARN by which its run is found again.

    `state` changes whenever the run has to be written again: once it has ended and was written, it is left alone.
    """

    key: str
    experiment: str
    name: str
    status: str
    state: str
    start: datetime
    end: datetime | None
    parameters: Mapping[str, str] = field(default_factory=dict)
    points: Sequence[Point] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[File] = ()
    version: Version | None = None
    trials: Sequence[Record] = ()


def translate_status(status: str) -> str:
    """MLflow's word for a status of AWS."""
    return _STATUSES.get(status, "RUNNING")


def list_epochs(training: Training, start: datetime) -> Iterator[Point]:
    """The curves of a training: its accuracies, each at the end of its epoch as the log's times say."""
    at = start
    for epoch in training.epochs:
        at += timedelta(seconds=epoch.seconds or 0)
        for metric, value in (("train_accuracy", epoch.train), ("validation_accuracy", epoch.validation)):
            if value is not None:
                yield Point(metric, value, epoch.number, at)


def parse_trial(summary: Mapping[str, Any], experiment: str) -> Record:
    """A trial of a search, from SageMaker's summary of its training."""
    arn, status = summary["TrainingJobArn"], summary["TrainingJobStatus"]
    start = summary.get("TrainingStartTime", summary["CreationTime"])
    end = summary.get("TrainingEndTime")
    objective = summary.get("FinalHyperParameterTuningJobObjectiveMetric")
    measured = [Point(objective["MetricName"], objective["Value"], 0, end or start)] if objective else []
    return Record(
        key=arn,
        experiment=experiment,
        name=summary["TrainingJobName"],
        status=translate_status(status),
        state=status,
        start=start,
        end=end,
        parameters=dict(summary.get("TunedHyperParameters", {})),
        points=measured,
    )
