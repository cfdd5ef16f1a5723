"""What the tests of tuning share: training jobs that are functions, requests, and waiting for the end."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from localaws.aws import Aws, now
from localaws.records.jobs import TRAINING, find_job
from localaws.sagemaker import jobs
from localaws.tasks import Stop

Document = dict[str, Any]
BUILTIN = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
ROLE = "arn:aws:iam::000000000000:role/training"
METRIC = "validation:accuracy"


def curve(hyperparameters: Document) -> list[float]:
    """Two epochs, the better the nearer the learning rate comes to 0.1."""
    last = 1 - abs(float(hyperparameters.get("learning_rate", 0.1)) - 0.1)
    return [last / 2, last]


@dataclass
class Trainer:
    """Stands for the training container: tells the objective of each epoch and ends."""

    curve: Callable[[Document], list[float]] = curve
    failing: Callable[[Document], str | None] = lambda _: None
    seconds: float = 0.0
    hold: threading.Event | None = None
    most: int = 0
    running: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, aws: Aws, name: str, stop: Stop) -> None:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            self._work(aws, name, stop)
        finally:
            with self.lock:
                self.running -= 1

    def _work(self, aws: Aws, name: str, stop: Stop) -> None:
        given = (find_job(aws, TRAINING, name) or {})["HyperParameters"]
        reason = self.failing(given)
        if reason:
            _end(aws, name, "Failed", FailureReason=reason)
            return
        told: list[float] = []
        for value in self.curve(given):
            stop.wait(self.seconds)
            told.append(value)
            aws.store.update(TRAINING.noun, name.lower(), MetricHistory={METRIC: told})
            while self.hold and not self.hold.is_set() and not stop.requested:
                stop.wait(0.005)
            if stop.requested:
                break
        _end(aws, name, "Stopped" if stop.requested else "Completed")


def _end(aws: Aws, name: str, status: str, **more: str) -> None:
    more_times = {"TrainingStartTime": now(), "TrainingEndTime": now(), "BillableTimeInSeconds": 2}
    aws.store.update(TRAINING.noun, name.lower(), TrainingJobStatus=status, **more_times, **more)


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    made = Trainer()
    monkeypatch.setitem(jobs._RUN, TRAINING.noun, made.run)
    monkeypatch.setattr("localaws.tuning.runner._POLL_SECONDS", 0.005)
    return made


def definition(**more: object) -> Document:
    """A training job definition of the built-in algorithm."""
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in", "S3DataDistributionType": "FullyReplicated"}
    return {
        "StaticHyperParameters": {"num_classes": "2", "num_training_samples": "8", "epochs": "2"},
        "AlgorithmSpecification": {"TrainingImage": BUILTIN, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
        "ResourceConfig": {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        **more,
    }


RATE = {"Name": "learning_rate", "MinValue": "0.001", "MaxValue": "0.5", "ScalingType": "Logarithmic"}
OPTIMIZER = {"Name": "optimizer", "Values": ["sgd", "adam"]}


def request(
    name: str = "tune", strategy: str = "Random", jobs: int = 4, parallel: int = 2, **config: object
) -> Document:
    """A tuning job over the learning rate and the optimizer; a member that is None is left out."""
    wanted = {
        "Strategy": strategy,
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": METRIC},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel},
        "ParameterRanges": {"ContinuousParameterRanges": [RATE], "CategoricalParameterRanges": [OPTIMIZER]},
        "RandomSeed": 7,
        **config,
    }
    return copy.deepcopy(
        {
            "HyperParameterTuningJobName": name,
            "HyperParameterTuningJobConfig": {key: value for key, value in wanted.items() if value is not None},
            "TrainingJobDefinition": definition(),
        }
    )


def several(*definitions: Document, **config: object) -> Document:
    """A tuning job over several definitions that have their own ranges and objectives."""
    made = request(HyperParameterTuningJobObjective=None, ParameterRanges=None, **config)
    del made["TrainingJobDefinition"]
    return {**made, "TrainingJobDefinitions": copy.deepcopy(list(definitions))}


def named(name: str, **more: object) -> Document:
    """One of several definitions."""
    return definition(
        DefinitionName=name,
        TuningObjective={"Type": "Maximize", "MetricName": METRIC},
        **{"HyperParameterRanges": {"ContinuousParameterRanges": [RATE]}, **more},
    )


@dataclass(frozen=True)
class Make:
    """The builders of requests, as tests cannot import from here."""

    definition: Callable[..., Document] = definition
    request: Callable[..., Document] = request
    several: Callable[..., Document] = several
    named: Callable[..., Document] = named


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@dataclass(frozen=True)
class Tuning:
    """Runs tuning jobs and reads what became of them."""

    aws: Aws
    api: Any

    def run(self, wanted: Document) -> Document:
        self.api("CreateHyperParameterTuningJob", **wanted)
        return self.ended(wanted["HyperParameterTuningJobName"])

    def ended(self, name: str) -> Document:
        deadline = time.monotonic() + 10
        while (found := self.describe(name))["HyperParameterTuningJobStatus"] in ("InProgress", "Stopping"):
            assert time.monotonic() < deadline, found
            time.sleep(0.005)
        return found

    def describe(self, name: str) -> Document:
        found: Document = self.api("DescribeHyperParameterTuningJob", HyperParameterTuningJobName=name)
        return found

    def trials(self, name: str, **more: object) -> list[Document]:
        listed = self.api("ListTrainingJobsForHyperParameterTuningJob", HyperParameterTuningJobName=name, **more)
        found: list[Document] = listed["TrainingJobSummaries"]
        return found


@pytest.fixture
def tuning(aws: Aws, api: Any, trainer: Trainer) -> Tuning:
    return Tuning(aws, api)
