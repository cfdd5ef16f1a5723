"""Which runs the page knows, what it asks AWS for them, and when it asks again."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from console.page import runbook
from console.page.run import Run
from console.page.runbook import RunBook
from tests.unit.console.page.aws import Aws

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT = "arn:aws:sagemaker:us-east-1:000000000000"
ARN = f"{ROOT}:pipeline/scones-training/execution/"
FILE = {"FilePath": "evaluation.json", "OutputName": "evaluation", "PropertyFileName": "Report"}
DEFINITION = {
    "Parameters": [{"Name": "Epochs", "Type": "Integer", "DefaultValue": 30}],
    "Steps": [
        {"Name": "Evaluate", "Type": "Processing", "Arguments": {}, "PropertyFiles": [FILE]},
        {
            "Name": "Gate",
            "Type": "Condition",
            "Arguments": {
                "IfSteps": [
                    {
                        "Name": "Register",
                        "Type": "RegisterModel",
                        "Arguments": {"CustomerMetadataProperties": {"profile": "quick"}},
                    }
                ]
            },
        },
    ],
}


class Pipeline:
    """A pipeline's executions in AWS, the newest first: how each is, and when it was changed."""

    def __init__(self, aws: Aws, count: int) -> None:
        self.status = ["Succeeded"] * count
        self.changed = [NOW] * count
        self.began = [NOW - timedelta(seconds=30)] * count
        aws.answers |= {
            "ListPipelineExecutions": self._list,
            "DescribePipelineExecution": self._describe,
            "DescribePipelineDefinitionForExecution": lambda _: {"PipelineDefinition": json.dumps(DEFINITION)},
            "ListPipelineParametersForExecution": lambda _: {
                "PipelineParameters": [
                    {"Name": name, "Value": value}
                    for name, value in {
                        "Epochs": "6",
                        "StartedBy": "ada",
                        "CommitId": "c0ffee",
                        "DbPassword": "hunter2",
                    }.items()
                ]
            },
            "ListPipelineExecutionSteps": self._steps,
            "DescribeProcessingJob": lambda _: {
                "ProcessingJobName": "job",
                "ProcessingJobArn": f"{ROOT}:processing-job/job",
                "ProcessingJobStatus": "Completed",
                "CreationTime": NOW,
                "AppSpecification": {"ImageUri": "image"},
                "ProcessingResources": {
                    "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
                },
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {
                            "OutputName": "evaluation",
                            "S3Output": {"S3Uri": "s3://b/e", "LocalPath": "/o", "S3UploadMode": "EndOfJob"},
                        }
                    ]
                },
            },
            "GetObject": lambda _: _body({"m": {"accuracy": {"value": 0.875}}}),
        }

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        first = int(asked.get("NextToken", 0))
        numbers = range(first, min(len(self.status), first + asked["MaxResults"]))
        more = {"NextToken": str(numbers.stop)} if numbers.stop < len(self.status) else {}
        summaries = [
            {
                "PipelineExecutionArn": f"{ARN}e{number}",
                "StartTime": NOW - timedelta(hours=number),
                "PipelineExecutionStatus": self.status[number],
            }
            for number in numbers
        ]
        return {"PipelineExecutionSummaries": summaries, **more}

    def _describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = _number(asked)
        return {
            "PipelineExecutionArn": asked["PipelineExecutionArn"],
            "PipelineExecutionStatus": self.status[number],
            "CreationTime": NOW,
            "LastModifiedTime": self.changed[number],
            "PipelineExecutionDescription": "try more light",
        }

    def _steps(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = _number(asked)
        package = {"Arn": f"{ROOT}:model-package/scones-vehicles/7"}
        return {
            "PipelineExecutionSteps": [
                {
                    "StepName": "Evaluate",
                    "StepStatus": "Succeeded",
                    "StartTime": self.began[number],
                    "EndTime": self.changed[number],
                    "Metadata": {"ProcessingJob": {"Arn": f"{ROOT}:processing-job/job"}},
                },
                {"StepName": "Register", "StepStatus": "Succeeded", "Metadata": {"RegisterModel": package}},
            ]
        }


def _number(asked: dict[str, Any]) -> int:
    return int(str(asked["PipelineExecutionArn"]).rsplit("/e", 1)[1])


def _body(content: dict[str, Any]) -> dict[str, Any]:
    written = json.dumps(content).encode()
    return {"ContentLength": len(written), "Body": io.BytesIO(written)}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
        yield Aws(monkeypatch)


def _read_all(book: RunBook, aws: Aws) -> tuple[Run, ...]:
    while (runs := book.read(aws.source)).unread or not runs.listed:
        pass
    return runs.rows


def test_a_run_tells_what_it_was_started_for_and_has_made(aws: Aws) -> None:
    Pipeline(aws, 1)
    (run,) = _read_all(RunBook(), aws)
    details = run.details
    assert details is not None
    assert (details.profile, details.trigger, details.commit, details.version) == ("quick", "ada", "c0ffee", 7)
    assert (details.metrics, details.note, details.seconds) == ({"accuracy": 0.875}, "try more light", 30.0)
    assert details.parameters == {"Epochs": "6", "DbPassword": "(hidden)"}


def test_the_first_reading_lists_a_page_and_the_next_ones_all(aws: Aws) -> None:
    Pipeline(aws, 250)
    book = RunBook()
    first = book.read(aws.source)
    assert (len(first.rows), first.listed, aws.calls["ListPipelineExecutions"]) == (100, False, 1)
    second = book.read(aws.source)
    assert (len(second.rows), second.listed, second.rows[-1].id) == (250, True, "e249")
    book.read(aws.source)
    assert aws.calls["ListPipelineExecutions"] == 1 + 3 + 1, "then only the newest page, for a while"


def test_details_come_after_the_list_a_few_at_a_time_the_newest_first_and_once(aws: Aws) -> None:
    Pipeline(aws, 20)
    book = RunBook()
    assert [run.details for run in book.read(aws.source).rows] == [None] * 20
    assert aws.calls["DescribePipelineExecution"] == 0
    known = [run.id for run in book.read(aws.source).rows if run.details]
    assert known == [f"e{number}" for number in range(12)]
    _read_all(book, aws)
    book.read(aws.source)
    assert aws.calls["ListPipelineParametersForExecution"] == aws.calls["DescribePipelineExecution"] == 20


def test_a_retry_that_nobody_saw_is_noticed_by_when_the_run_was_changed(aws: Aws) -> None:
    pipeline = Pipeline(aws, 1)
    pipeline.status[0] = "Failed"
    book = RunBook()
    _read_all(book, aws)
    # Retried elsewhere an hour later, it has failed again between two readings.
    pipeline.began[0], pipeline.changed[0] = NOW + timedelta(hours=1), NOW + timedelta(hours=1, seconds=20)
    details = book.read(aws.source).rows[0].details
    assert details is not None
    assert (details.end, details.seconds) == (NOW + timedelta(hours=1, seconds=20), 20.0)


def test_what_was_forgotten_is_read_anew(aws: Aws) -> None:
    Pipeline(aws, 1)
    book = RunBook()
    (run,) = _read_all(book, aws)
    book.forget_details(run.arn)
    _read_all(book, aws)
    assert aws.calls["DescribePipelineExecution"] == 2


def test_a_run_that_aws_no_longer_has_is_gone(aws: Aws) -> None:
    pipeline = Pipeline(aws, 3)
    book = RunBook()
    _read_all(book, aws)
    del pipeline.status[-1]
    assert [run.id for run in book.read(aws.source).rows] == ["e0", "e1"]


def test_a_run_of_an_unknown_pipeline_is_none(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runbook, "_fetch_page", lambda *_: ([], None))
    runs = RunBook().read(aws.source)
    assert (runs.rows, runs.listed) == ((), True)
