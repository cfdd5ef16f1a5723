"""What `scones run` says of a training's length: by a former one, by a measurement, or that nobody knows."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import pytest

from console import training_time
from console.training_time import Rate, describe, estimate
from pipelines.profiles import find_profile


class Pipeline:
    """A target whose pipeline has run: each execution's training by hyperparameters and seconds."""

    def __init__(self, *trainings: tuple[dict[str, str], int], local: bool = False, status: str = "Succeeded") -> None:
        self.trainings, self.local, self.status = trainings, object() if local else None, status
        self.project = Namespace(pipeline_name="training")
        self.exceptions = Namespace(ResourceNotFound=KeyError)

    def client(self, _service: str) -> Pipeline:
        return self

    def get_paginator(self, operation: str) -> Namespace:
        def paginate(PipelineExecutionArn: str = "", **_: Any) -> list[dict[str, Any]]:
            if operation == "list_pipeline_executions":
                numbers = range(len(self.trainings))
                return [{"PipelineExecutionSummaries": [{"PipelineExecutionArn": str(number)} for number in numbers]}]
            job = {"TrainingJob": {"Arn": f"arn:training-job/{PipelineExecutionArn}"}}
            return [
                {
                    "PipelineExecutionSteps": [
                        {"StepName": "TrainModel", "StepStatus": self.status, "Metadata": job},
                    ]
                }
            ]

        return Namespace(paginate=paginate)

    def describe_training_job(self, TrainingJobName: str) -> dict[str, Any]:
        hyperparameters, seconds = self.trainings[int(TrainingJobName)]
        return {"HyperParameters": hyperparameters, "TrainingTimeInSeconds": seconds}


def of_net(layers: str, epochs: int, images: int = 600) -> dict[str, str]:
    return {"num_layers": layers, "image_shape": "3,28,28", "epochs": str(epochs), "num_training_samples": str(images)}


def tell(target: Any, profile: str = "compact", **overrides: str) -> str:
    return describe(target, find_profile(profile), overrides)


def test_a_former_training_of_the_net_says_how_long_each_profile_takes() -> None:
    told = tell(
        Pipeline((of_net("56", 22), 1000), (of_net("20", 2), 900), (of_net("20", 22), 44), (of_net("20", 22), 4000))
    )
    assert told.startswith(
        "The training takes about 8 min here, by the newest one of its net: 44 s for 22 epochs of 600 images. "
        "Profiles of this net: quick 40 s, "
    )
    assert "compact 8 min" in told
    assert "imagenet" not in told  # another net


def test_a_number_of_epochs_that_is_set_is_what_this_run_takes() -> None:
    assert tell(Pipeline((of_net("20", 22), 44)), Epochs="60").startswith("The training takes about 2 min here")


def test_where_none_of_the_net_has_ended_the_local_aws_measures_and_aws_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training_time, "_measure_rate", lambda _: Rate(225, 900, "a measurement"))
    assert tell(Pipeline(local=True)).startswith("The training takes about 17 min here, by a measurement.")
    unknown = "How long the training takes is not known: none of its net is among the newest executions."
    assert tell(Pipeline((of_net("20", 22), 44), status="Failed")) == unknown
    assert tell(Pipeline(local=True), Epochs="9") == unknown  # over before the measurement has paid


def test_an_estimate_in_passing_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_time, "_measure_rate", lambda _: pytest.fail("a measurement"))
    former: Any = Pipeline((of_net("20", 22), 44), local=True)
    assert estimate(former, "compact") == "8 min"
    nothing: Any = Pipeline(local=True)
    assert [estimate(nothing, "compact"), estimate(former, "imagenet"), estimate(former, "no profile")] == [None] * 3


def test_a_measurement_trains_the_net_that_is_asked_for() -> None:
    small = {"num_layers": 20, "image_shape": "3,8,8", "mini_batch_size": 4, "epochs": 2}
    found = training_time._measure_rate(small)
    assert found is not None
    assert found.per_second > 0
    assert training_time._measure_rate({**small, "num_layers": 21}) is None
