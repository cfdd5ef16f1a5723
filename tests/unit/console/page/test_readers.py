"""What the page's readers make of AWS's answers, and how seldom they ask."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from console.errors import CommandError
from console.joblogs import Tails
from console.page import metrics, storage
from console.page.classify import reader as classify
from console.page.execution import reader as execution
from console.page.execution import step
from console.page.graph import Graph
from console.page.monitoring import reader as monitoring
from console.page.version import reader as version_reader
from console.progress.snapshot import Snapshot, StepView
from tests.unit.console.page.aws import Aws

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/"
DEFINITION = {
    "Parameters": [{"Name": "Epochs", "Type": "Integer", "DefaultValue": 30}],
    "Steps": [{"Name": "TrainModel", "Type": "Training", "Arguments": {}}],
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
        yield Aws(monkeypatch)


def _execution(aws: Aws) -> None:
    """A pipeline's execution e0."""
    aws.answers |= {
        "DescribePipelineExecution": lambda asked: {
            "PipelineExecutionArn": asked["PipelineExecutionArn"],
            "PipelineExecutionStatus": "Succeeded",
            "CreationTime": NOW,
            "LastModifiedTime": NOW + timedelta(seconds=90),
        },
        "DescribePipelineDefinitionForExecution": lambda _: {"PipelineDefinition": json.dumps(DEFINITION)},
        "ListPipelineParametersForExecution": lambda _: {"PipelineParameters": [{"Name": "Epochs", "Value": "6"}]},
    }


def _fetch(aws: Aws, tails: Tails) -> execution.Execution:
    read = execution.fetch_execution(aws.source, tails, "e0")
    assert read is not None
    return read


def test_a_parameter_that_is_a_secret_is_hidden_in_the_execution(aws: Aws) -> None:
    _execution(aws)
    given = [{"Name": "DbPassword", "Value": "hunter2"}, {"Name": "Source", "Value": "https://hunter2@host/x"}]
    aws.answers |= {
        "ListPipelineParametersForExecution": lambda _: {"PipelineParameters": given},
        "ListPipelineExecutionSteps": lambda _: {"PipelineExecutionSteps": []},
    }
    shown = {"DbPassword": "(hidden)", "Source": "https://(hidden)@host/x"}
    read = _fetch(aws, Tails())
    assert (read.parameters, read.snapshot.parameters) == (shown, shown)


def test_a_training_that_has_ended_long_ago_is_read_once(aws: Aws) -> None:
    _execution(aws)
    job = "arn:aws:sagemaker:us-east-1:000000000000:training-job/pipelines-e0-TrainModel-x"
    aws.answers |= {
        "ListPipelineExecutionSteps": lambda _: {
            "PipelineExecutionSteps": [
                {"StepName": "TrainModel", "StepStatus": "Succeeded", "Metadata": {"TrainingJob": {"Arn": job}}}
            ]
        },
        "DescribeTrainingJob": lambda _: {
            "TrainingJobName": "t",
            "TrainingJobArn": job,
            "ModelArtifacts": {"S3ModelArtifacts": "s3://b/m"},
            "TrainingJobStatus": "Completed",
            "SecondaryStatus": "Completed",
            "TrainingEndTime": datetime(2020, 1, 1, tzinfo=UTC),
            "AlgorithmSpecification": {"TrainingInputMode": "File"},
            "ResourceConfig": {"VolumeSizeInGB": 1},
            "StoppingCondition": {},
            "CreationTime": NOW,
        },
        "DescribeLogStreams": lambda _: {"logStreams": [{"logStreamName": "pipelines-e0-TrainModel-x/algo-1-1"}]},
        "GetLogEvents": lambda asked: {
            "events": [] if "nextToken" in asked else [{"message": "Epoch[0] Validation-accuracy=0.75"}],
            "nextForwardToken": "f/1",
        },
    }
    tails = Tails()
    for _ in range(3):
        read = _fetch(aws, tails)
        training = read.snapshot.steps[0].training
        assert training is not None
        assert [epoch.validation for epoch in training.epochs] == [0.75]
    assert aws.calls["DescribeTrainingJob"] == aws.calls["DescribeLogStreams"] == 1


def test_a_log_is_read_on_from_where_it_was_left(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.joblogs._ASK_SECONDS", -1.0)
    written = ["one", "two"]

    def events(asked: dict[str, Any]) -> dict[str, Any]:
        start = int(asked.get("nextToken", "f/0").removeprefix("f/"))
        return {
            "events": [{"message": line} for line in written[start:]],
            "nextForwardToken": f"f/{len(written)}",
        }

    aws.answers |= {
        "DescribeLogStreams": lambda _: {"logStreams": [{"logStreamName": "job-a-b/algo-1-1"}]},
        "GetLogEvents": events,
    }
    tails, logs, metadata = Tails(), aws.source.client("logs"), {"TrainingJob": {"Arn": "arn:x/job-a-b"}}
    assert tails.lines(logs, metadata) == ["one", "two"]
    written.append("three")
    assert tails.lines(logs, metadata) == ["one", "two", "three"]
    assert tails.lines(logs, metadata) == ["one", "two", "three"]


RUN = execution.Execution(Snapshot(f"{ARN}e0", "Succeeded", NOW, NOW, None, {}, ()), Graph((), ()), {})
ARGUMENTS = ["--train", "/opt/ml/x", "--quick", "--api_token", "abc", "--password=abc"]


def test_a_step_tells_its_arguments_and_how_much_went_in_and_out_and_hides_secrets(aws: Aws) -> None:
    job = "arn:aws:sagemaker:us-east-1:000000000000:processing-job/prepare"
    aws.answers |= {
        "DescribeProcessingJob": lambda _: {
            "ProcessingJobName": "prepare",
            "ProcessingJobArn": job,
            "ProcessingJobStatus": "Completed",
            "CreationTime": NOW,
            "AppSpecification": {"ImageUri": "image", "ContainerArguments": ARGUMENTS},
            "Environment": {"API_TOKEN": "abc", "SEED": "1", "DATABASE_URL": "postgres://me:abc@db/x"},
            "ProcessingResources": {
                "ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
            },
            "ProcessingInputs": [
                {"InputName": "archive", "S3Input": {"S3Uri": "s3://b/raw/a.gz", "S3DataType": "S3Prefix"}}
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "lst",
                        "S3Output": {"S3Uri": "s3://b/lst", "LocalPath": "/o", "S3UploadMode": "EndOfJob"},
                    }
                ]
            },
        },
        "ListObjectsV2": lambda asked: {
            "Contents": [{"Key": asked["Prefix"], "Size": 5}, {"Key": asked["Prefix"] + ".md5", "Size": 1_000}]
        },
    }
    view = StepView("PrepareData", "Processing", 0, "Succeeded", metadata={"ProcessingJob": {"Arn": job}})
    read = step.fetch_step(aws.source, RUN, view)
    assert dict(read.arguments) == {
        **{"--train": "/opt/ml/x", "--quick": "", "--api_token": "(hidden)", "--password=(hidden)": ""},
        **{"API_TOKEN": "(hidden)", "SEED": "1", "DATABASE_URL": "postgres://(hidden)@db/x"},
    }
    assert dict(read.facts)["Instances"] == "2 x ml.m5.large"
    assert read.inputs[0].size == storage.Size(1, 5, first=(("", 5),)), "its neighbour's size is not its own"
    step.fetch_step(aws.source, RUN, view)
    assert aws.calls["ListObjectsV2"] == 2, "what lies there does not change after the end"


def test_counting_what_lies_under_an_address_ends_after_three_pages(aws: Aws) -> None:
    aws.answers["ListObjectsV2"] = lambda _: {
        "Contents": [{"Key": "raw/x", "Size": 1}] * 1_000,
        "IsTruncated": True,
        "NextContinuationToken": "more",
    }
    size = storage.fetch_size(aws.source, "s3://b/raw/")
    assert (size.files, size.bytes, size.more, size.first[0]) == (3_000, 3_000, True, ("x", 1))


def test_a_file_that_is_too_large_is_refused_and_one_that_is_no_json_is_none(aws: Aws) -> None:
    aws.answers["GetObject"] = lambda _: {"ContentLength": 10**9, "Body": io.BytesIO(b"")}
    with pytest.raises(CommandError, match="has 1000000000 bytes"):
        storage.fetch(aws.source, "s3://b/report.html")
    aws.answers["GetObject"] = lambda _: {"ContentLength": 3, "Body": io.BytesIO(b"<x>")}
    assert storage.fetch_json(aws.source, "s3://b/evaluation.json") is None
    with pytest.raises(CommandError, match="is no s3:// address"):
        storage.parse_address("https://elsewhere/x")


def test_single_numbers_of_a_report_become_metrics_and_curves_do_not(aws: Aws) -> None:
    report = {
        "classes": {"accuracy": {"value": 0.9}, "roc": {"x": [0, 1]}, "sure": {"value": True}},
        "dataset": {"n": 3},
    }
    body = json.dumps(report).encode()
    aws.answers["GetObject"] = lambda _: {"ContentLength": len(body), "Body": io.BytesIO(body)}
    assert metrics.fetch_numbers(aws.source, "s3://b/evaluation.json") == {"accuracy": 0.9}


def test_the_way_of_an_image_is_told_state_by_state(aws: Aws) -> None:
    entered = {"timestamp": NOW, "type": "TaskStateEntered"}
    aws.answers |= {
        "DescribeExecution": lambda _: {
            "executionArn": "arn:run",
            "stateMachineArn": "arn:m",
            "status": "FAILED",
            "startDate": NOW,
            "error": "BadPicture",
            "cause": "It is no picture.",
        },
        "GetExecutionHistory": lambda _: {
            "events": [
                {**entered, "id": 1, "stateEnteredEventDetails": {"name": "SerializeImage"}},
                {"timestamp": NOW, "id": 2, "type": "TaskFailed"},
                {**entered, "id": 3, "type": "TaskStateExited", "stateExitedEventDetails": {"name": "SerializeImage"}},
                {**entered, "id": 4, "stateEnteredEventDetails": {"name": "PictureRefused"}},
            ]
        },
    }
    path = classify.fetch_execution(aws.source, "arn:run")
    assert path.entered == (("SerializeImage", "Succeeded"), ("PictureRefused", "Failed"))
    assert (path.error, path.retries) == ("BadPicture: It is no picture.", 1)
    classify.fetch_execution(aws.source, "arn:run")
    assert aws.calls["GetExecutionHistory"] == 1


def test_a_version_without_a_report_says_so(aws: Aws) -> None:
    aws.answers["DescribeModelPackage"] = lambda asked: {
        "ModelPackageName": "scones-vehicles",
        "ModelPackageVersion": 4,
        "ModelPackageArn": asked["ModelPackageName"],
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": "Approved",
        "CreationTime": NOW,
        "CustomerMetadataProperties": {"accuracy": "0.9", "decision 2026-11-24T12:00:00.000000Z": "Approved by ada"},
    }
    version = version_reader.fetch_version(aws.source, 4)
    assert (version.accuracy, version.facts) == (0.9, {"accuracy": "0.9"})
    assert version.decisions == ((NOW, "Approved by ada"),)
    with pytest.raises(CommandError, match="Version 4 was registered without a report"):
        version_reader.fetch_report(aws.source, 4)


@pytest.mark.parametrize(("waiting", "shown", "more"), [(12, 12, False), (14, 12, True)])
def test_the_queue_says_how_many_of_those_that_wait_are_shown(
    aws: Aws, waiting: int, shown: int, *, more: bool
) -> None:
    keys = [{"Key": f"review/{number:02}.png", "LastModified": NOW} for number in range(waiting)]
    aws.answers |= {
        "ListObjectsV2": lambda _: {"Contents": keys},
        "HeadObject": lambda _: {"Metadata": {"label": "bicycle", "confidence": "0.5", "model-version": "1"}},
    }
    queue = monitoring.fetch_queue(aws.source)
    assert (len(queue.images), queue.more) == (shown, more)
    assert queue.sentence == f"The 12 oldest of {waiting} are shown."
