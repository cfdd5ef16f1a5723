"""Waiting: until the end, with the failed step's own words."""

from typing import Any

from pipelines.wait import Ending, wait_for_execution


class FakeSageMaker:
    """An execution that goes through some statuses and ends with some steps."""

    def __init__(self, statuses: list[str], steps: list[dict[str, str]]) -> None:
        self.statuses = statuses
        self.steps = steps

    def describe_pipeline_execution(self, **_: object) -> dict[str, str]:
        return {"PipelineExecutionStatus": self.statuses.pop(0), "FailureReason": "Step failure"}

    def get_paginator(self, _: str) -> "FakeSageMaker":
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [{"PipelineExecutionSteps": []}, {"PipelineExecutionSteps": self.steps}]


def test_a_failure_is_told_in_the_words_of_the_step() -> None:
    steps = [
        {"StepName": "PrepareData", "StepStatus": "Succeeded"},
        {"StepName": "AccuracyTooLow", "StepStatus": "Failed", "FailureReason": "0.5 is below 0.8"},
    ]
    client = FakeSageMaker(["Executing", "Executing", "Failed"], steps)

    assert wait_for_execution(client, "arn", longest_pause=0) == Ending("Failed", "AccuracyTooLow: 0.5 is below 0.8")


def test_a_failure_outside_of_every_step_is_told_in_the_executions_words() -> None:
    assert wait_for_execution(FakeSageMaker(["Stopped"], []), "arn") == Ending("Stopped", "Step failure")


def test_only_success_is_good() -> None:
    assert wait_for_execution(FakeSageMaker(["Succeeded"], []), "arn").good
    assert not Ending("Stopped", "").good
