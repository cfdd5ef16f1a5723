"""What is known of an execution at one moment, read from AWS's APIs alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from common.masking import mask_values
from console import joblogs
from console.executions import ENDED, Fixed, fetch_fixed, fetch_steps
from console.formats import add_up

Client = Callable[[str], Any]

_EPOCH = re.compile(r"Epoch\[(\d+)\] (Train-accuracy|Validation-accuracy|Time cost)=([0-9.]+)")


@dataclass(frozen=True)
class Epoch:
    """One epoch of a training job: its number from 1, and accuracies once they are known."""

    number: int
    train: float | None = None
    validation: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Training:
    """How far a training job has come."""

    phase: str
    epochs: tuple[Epoch, ...]
    total: int | None
    end: datetime | None = None


@dataclass(frozen=True)
class Searching:
    """How far a tuning job has come: trials that have ended, of how many, and the best objective so far."""

    ended: int
    most: int | None
    best: float | None


@dataclass(frozen=True)
class StepView:
    """A step of the definition, started or not. `depth` is 1 for the branches of a condition."""

    name: str
    type: str
    depth: int
    status: str
    start: datetime | None = None
    end: datetime | None = None
    cached_from: str | None = None
    reason: str | None = None
    outcome: str | None = None
    attempts: int = 1
    training: Training | None = None
    searching: Searching | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """An execution, its steps and a person's note; of its parameters those that were changed, as they may be shown."""

    arn: str
    status: str
    start: datetime
    end: datetime | None
    reason: str | None
    parameters: dict[str, str]
    steps: tuple[StepView, ...]
    note: str = ""

    @property
    def seconds(self) -> float:
        """How long steps ran, as the list of executions has it: without the time between a failure and its retry."""
        now = datetime.now(UTC)
        return add_up((step.start, step.end or now) for step in self.steps if step.start)

    @property
    def own_reason(self) -> str | None:
        """Why it failed, where no step says the same already."""
        said = any(step.reason and step.reason in (self.reason or "") for step in self.steps)
        return None if said else self.reason


def fetch_snapshot(
    client: Client,
    arn: str,
    fixed: Fixed | None = None,
    training: Callable[[Client, dict[str, Any]], Training] | None = None,
) -> Snapshot:
    """Read the execution, its steps, and the log of a training that runs.

    Whoever polls gives what never changes, and another way to read a training.
    """
    sagemaker = client("sagemaker")
    execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    fixed = fixed or fetch_fixed(sagemaker, arn)
    started = fetch_steps(sagemaker, arn)
    ended = execution["PipelineExecutionStatus"] in ENDED
    unstarted = "Not run" if ended else "Waiting"
    read = training or fetch_training
    return Snapshot(
        arn=arn,
        status=execution["PipelineExecutionStatus"],
        start=execution["CreationTime"],
        end=execution["LastModifiedTime"] if ended else None,
        reason=execution.get("FailureReason"),
        parameters=mask_values(fixed.changed),
        steps=tuple(
            _view(client, body, depth, started[body["Name"]], read)
            if body["Name"] in started
            else StepView(body["Name"], body["Type"], depth, unstarted)
            for body, depth in flatten_steps(fixed.definition["Steps"])
        ),
        note=execution.get("PipelineExecutionDescription", ""),
    )


def flatten_steps(bodies: list[dict[str, Any]], depth: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """The definition's steps, those in a condition's branches after it, each with its depth."""
    for body in bodies:
        yield body, depth
        arguments = body.get("Arguments", {}) if body["Type"] == "Condition" else {}
        yield from flatten_steps([*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])], depth + 1)


def _view(
    client: Client,
    body: dict[str, Any],
    depth: int,
    step: dict[str, Any],
    read: Callable[[Client, dict[str, Any]], Training],
) -> StepView:
    metadata = step.get("Metadata", {})
    source = step.get("CacheHitResult", {}).get("SourcePipelineExecutionArn")
    return StepView(
        name=body["Name"],
        type=body["Type"],
        depth=depth,
        status=step["StepStatus"],
        start=step.get("StartTime"),
        end=step.get("EndTime"),
        cached_from=source.rsplit("/", 1)[1] if source else None,
        reason=step.get("FailureReason"),
        outcome=metadata.get("Condition", {}).get("Outcome"),
        attempts=step.get("AttemptCount", 1),
        training=read(client, metadata) if "TrainingJob" in metadata else None,
        searching=fetch_search(client, metadata) if "TuningJob" in metadata else None,
        metadata=metadata,
    )


def fetch_training(
    client: Client, metadata: dict[str, Any], lines: Callable[[Any, dict[str, Any]], Iterable[str]] = joblogs.lines
) -> Training:
    """How far a training job is, from its description and its log."""
    name = metadata["TrainingJob"]["Arn"].rsplit("/", 1)[1]
    job = client("sagemaker").describe_training_job(TrainingJobName=name)
    total = job.get("HyperParameters", {}).get("epochs")
    epochs = parse_epochs(lines(client("logs"), metadata))
    return Training(job["SecondaryStatus"], tuple(epochs), int(total) if total else None, job.get("TrainingEndTime"))


def fetch_search(client: Client, metadata: dict[str, Any]) -> Searching:
    """How far a tuning job is, from its description."""
    name = metadata["TuningJob"]["Arn"].rsplit("/", 1)[1]
    job = client("sagemaker").describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    counted = job["TrainingJobStatusCounters"]
    best = job.get("BestTrainingJob", {}).get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value")
    ended = sum(counted[kind] for kind in ("Completed", "NonRetryableError", "Stopped"))
    limits = job["HyperParameterTuningJobConfig"]["ResourceLimits"]
    return Searching(ended, limits.get("MaxNumberOfTrainingJobs"), best)


def parse_epochs(lines: Iterable[str]) -> list[Epoch]:
    """The epochs in the algorithm's log lines, in order."""
    found: dict[int, dict[str, float]] = {}
    for line in lines:
        match = _EPOCH.search(line)
        if match:
            found.setdefault(int(match[1]) + 1, {})[match[2]] = float(match[3])
    return [
        Epoch(number, values.get("Train-accuracy"), values.get("Validation-accuracy"), values.get("Time cost"))
        for number, values in sorted(found.items())
    ]
