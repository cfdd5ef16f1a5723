"""A tuning job's trials: the training jobs that it has launched, read from the store and from nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from localaws.aws import Aws
from localaws.records.jobs import ENDED, TRAINING
from localaws.shapes import Document

MEMBER = "TuningTrial"  # of a training job's document: what the search has to know of it
_TAKEN_OVER = (
    "TrainingJobName",
    "TrainingJobArn",
    "TrainingJobStatus",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "FailureReason",
)
_INTERNAL = "InternalServerError"


@dataclass(frozen=True)
class Trial:
    """One training job of a tuning job. A trial that is tried again has the number of the one that it repeats."""

    job: Document

    @property
    def name(self) -> str:
        """The training job's name."""
        name: str = self.job["TrainingJobName"]
        return name

    @property
    def status(self) -> str:
        """The training job's status."""
        status: str = self.job["TrainingJobStatus"]
        return status

    @property
    def number(self) -> int:
        """Which proposal of the search it tries, from 0."""
        number: int = self.job[MEMBER]["Number"]
        return number

    @property
    def definition(self) -> str:
        """The name of its training job definition."""
        name: str = self.job[MEMBER]["Definition"]
        return name

    @property
    def tuned(self) -> dict[str, str]:
        """The hyperparameters that the search chose."""
        tuned: dict[str, str] = self.job[MEMBER]["Tuned"]
        return tuned

    @property
    def notes(self) -> Document:
        """What the search itself keeps with a trial."""
        notes: Document = self.job[MEMBER]["Notes"]
        return notes

    @property
    def ended(self) -> bool:
        """Whether the training job has ended."""
        return self.status in ENDED

    @cached_property
    def history(self) -> list[float]:
        """The objective after each epoch, as the log lines say."""
        values: list[float] = self.job.get("MetricHistory", {}).get(self.job[MEMBER]["Metric"], [])
        return values

    @property
    def steps(self) -> list[float]:
        """The objective after each epoch, where more is better."""
        sign = 1 if self.job[MEMBER]["Maximize"] else -1
        return [sign * value for value in self.history]

    @property
    def objective(self) -> float | None:
        """The objective's last value, once the training job has ended; a failed one has none."""
        return self.history[-1] if self.history and self.status in ("Completed", "Stopped") else None

    @property
    def worth(self) -> float:
        """The objective where more is better; of a trial that has one."""
        value = self.objective
        if value is None:
            raise ValueError(f"{self.name} has no objective.")
        return value if self.job[MEMBER]["Maximize"] else -value

    @property
    def retryable(self) -> bool:
        """Whether it failed for the service's reasons and not for its own."""
        return self.status == "Failed" and str(self.job.get("FailureReason", "")).startswith(_INTERNAL)

    def summary(self) -> Document:
        """The trial as ListTrainingJobsForHyperParameterTuningJob has it."""
        job = self.job
        found: Document = {
            **{name: job[name] for name in _TAKEN_OVER if name in job},
            "TunedHyperParameters": self.tuned,
            "ObjectiveStatus": self._objective_status,
        }
        if self.definition:
            found["TrainingJobDefinitionName"] = self.definition
        if self.objective is not None:
            kind = "Maximize" if job[MEMBER]["Maximize"] else "Minimize"
            metric = {"Type": kind, "MetricName": job[MEMBER]["Metric"], "Value": self.objective}
            found["FinalHyperParameterTuningJobObjectiveMetric"] = metric
        return found

    @property
    def _objective_status(self) -> str:
        if not self.ended:
            return "Pending"
        return "Succeeded" if self.objective is not None else "Failed"


def read(aws: Aws, job: Document) -> list[Trial]:
    """All trials of a tuning job, in the order of their launch."""
    arn, name = job["HyperParameterTuningJobArn"], job["HyperParameterTuningJobName"].lower()
    documents = aws.store.all(TRAINING.noun, f"{name}-")
    found = [Trial(document) for document in documents if document.get("TuningJobArn") == arn]
    return sorted(found, key=lambda trial: (trial.job["CreationTime"], trial.name))


def latest(trials: Iterable[Trial]) -> list[Trial]:
    """One trial a number: the last attempt of each, by number."""
    return [trial for _, trial in sorted({trial.number: trial for trial in trials}.items())]


def best(trials: Iterable[Trial]) -> Trial | None:
    """The trial with the best objective; of equals the first."""
    return max((trial for trial in trials if trial.objective is not None), key=lambda trial: trial.worth, default=None)


def counters(trials: Sequence[Trial]) -> Document:
    """TrainingJobStatusCounters and ObjectiveStatusCounters."""
    jobs = Counter(_counted(trial) for trial in trials)
    objectives = Counter(trial.summary()["ObjectiveStatus"] for trial in trials)
    kinds = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
    return {
        "TrainingJobStatusCounters": {kind: jobs[kind] for kind in kinds},
        "ObjectiveStatusCounters": {kind: objectives[kind] for kind in ("Succeeded", "Pending", "Failed")},
    }


def _counted(trial: Trial) -> str:
    if trial.status == "Failed":
        return "RetryableError" if trial.retryable else "NonRetryableError"
    return trial.status if trial.status in ("Completed", "Stopped") else "InProgress"
