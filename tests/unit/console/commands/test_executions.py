"""Executions: what a status does not allow is said in a sentence, and AWS is not asked; the logs that `logs` prints."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console import executions
from console.__main__ import main
from console.errors import CommandError
from console.target import Target
from pipelines.errors import PipelineError

ARN = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/abc123"

IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef"


class Ecr:
    """Has the images that it is told."""

    def __init__(self, *tags: str) -> None:
        self.tags = tags

    def describe_images(self, imageIds: list[dict[str, str]], **_: str) -> dict[str, Any]:
        if imageIds[0]["imageTag"] in self.tags:
            return {"imageDetails": imageIds}
        raise ClientError({"Error": {"Code": "ImageNotFoundException", "Message": "no"}}, "DescribeImages")


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.clients.make_client", lambda *_: Ecr("0123456789abcdef"))


class SageMaker:
    """Has one execution, and remembers what was done to it."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.done: list[str] = []

    def describe_pipeline_execution(self, PipelineExecutionArn: str) -> dict[str, Any]:
        if PipelineExecutionArn != ARN:
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": "no"}}, "DescribePipelineExecution")
        return {"PipelineExecutionStatus": self.status}

    def describe_pipeline_definition_for_execution(self, **_: str) -> dict[str, Any]:
        specification = {"AppSpecification": {"ImageUri": IMAGE}}
        return {"PipelineDefinition": json.dumps({"Steps": [{"Type": "Processing", "Arguments": specification}]})}

    def stop_pipeline_execution(self, **_: str) -> None:
        self.done.append("stop")

    def retry_pipeline_execution(self, **_: str) -> None:
        self.done.append("retry")


def _target(sagemaker: SageMaker) -> Target:
    return SimpleNamespace(client=lambda _: sagemaker)  # type: ignore[return-value]


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "Stopped"])
def test_what_has_ended_is_not_stopped(status: str) -> None:
    sagemaker = SageMaker(status)
    with pytest.raises(CommandError, match=f"nothing to stop: abc123 is {status}"):
        executions.stop(_target(sagemaker), ARN)
    assert sagemaker.done == []


@pytest.mark.parametrize(
    ("status", "words"), [("Succeeded", "`scones run` starts another"), ("Executing", "abc123 is Executing")]
)
def test_only_what_failed_or_was_stopped_is_retried(status: str, words: str) -> None:
    sagemaker = SageMaker(status)
    with pytest.raises(CommandError, match=words):
        executions.retry(_target(sagemaker), ARN)
    assert sagemaker.done == []


def test_what_runs_is_stopped_and_what_failed_is_retried() -> None:
    runs, failed = SageMaker("Executing"), SageMaker("Failed")
    executions.stop(_target(runs), ARN)
    executions.retry(_target(failed), ARN)
    assert runs.done + failed.done == ["stop", "retry"]


def test_what_lacks_its_image_is_not_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.clients.make_client", lambda *_: Ecr())
    sagemaker = SageMaker("Failed")
    with pytest.raises(PipelineError, match=f"{IMAGE} is not in ECR, so nothing was started"):
        executions.retry(_target(sagemaker), ARN)
    assert sagemaker.done == []


@pytest.mark.parametrize(
    ("given", "words"),
    [("arn:nonsense", "is no ARN of an execution"), (ARN.replace("abc123", "zzz"), "There is no execution")],
)
def test_an_arn_that_names_no_execution_is_answered_in_a_sentence(given: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        executions.get_arn(SageMaker("Failed"), ("scones-training",), given)
    assert executions.get_arn(SageMaker("Failed"), ("scones-training",), ARN) == ARN


class Logs:
    """The log of an endpoint whose first instance was replaced; the names of streams are not in the order of time."""

    exceptions = SimpleNamespace(ResourceNotFoundException=KeyError)

    def __init__(self, **lines: list[str]) -> None:
        self._lines = lines

    def get_paginator(self, operation: str) -> Logs:
        assert operation == "describe_log_streams"
        return self

    def paginate(self, logGroupName: str) -> list[dict[str, Any]]:
        if logGroupName != "/aws/sagemaker/Endpoints/scones-vehicles" or not self._lines:
            raise KeyError(logGroupName)
        names = [f"live/{name}" for name in self._lines]
        return [{"logStreams": [{"logStreamName": name, "creationTime": at}]} for at, name in enumerate(names)][::-1]

    def get_log_events(self, logStreamName: str, nextToken: str = "", **_: object) -> dict[str, Any]:
        lines = [] if nextToken else self._lines[logStreamName.removeprefix("live/")]
        return {"events": [{"message": line} for line in lines], "nextForwardToken": "end"}


def _print_log(monkeypatch: pytest.MonkeyPatch, logs: Logs, words: str) -> int:
    project = SimpleNamespace(project="scones")
    target = SimpleNamespace(client=lambda _: logs, project=project)
    monkeypatch.setattr("console.commands.executions.choose", lambda _: target)
    return main(["logs", *words.split()])


def test_an_endpoint_s_log_has_its_instances_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _print_log(monkeypatch, Logs(z=["begun", "asked"], a=["begun"]), "endpoint") == 0
    assert capsys.readouterr().out.splitlines() == ["[live/z] begun", "[live/z] asked", "[live/a] begun"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("endpoint", 0, "The endpoint scones-vehicles has no log: it never served, or printed nothing."),
        ("endpoint TrainModel", 2, "An endpoint has no steps; leave it out."),
        ("latest", 2, "Name a step of the execution, such as TrainModel; or `endpoint` alone."),
    ],
)
def test_what_has_no_log_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, code: int, said: str
) -> None:
    assert _print_log(monkeypatch, Logs(), words) == code
    assert said in capsys.readouterr().err
