"""What a gate has compared, and whether a retry could end otherwise."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from console.errors import CommandError
from console.executions import Fixed
from console.page.execution.artifacts import fetch_artifact, is_shown, write_address
from console.page.execution.gate import fetch_comparisons
from console.page.execution.reader import Execution
from console.page.execution.step_part import find_lines
from console.page.graph import Graph
from console.progress.snapshot import Snapshot, StepView
from tests.unit.console.page.aws import Aws

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
JOB = {"ProcessingJob": {"Arn": "arn:aws:sagemaker:us-east-1:000000000000:processing-job/evaluate"}}
FILE = {"PropertyFileName": "Report", "OutputName": "evaluation", "FilePath": "evaluation.json"}
DEFINITION = {
    "Steps": [
        {"Name": "Evaluate", "Type": "Processing", "PropertyFiles": [FILE]},
        {
            "Name": "Gate",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [
                    {
                        "Type": "GreaterThanOrEqualTo",
                        "LeftValue": {
                            "Std:JsonGet": {
                                "Path": "metrics.accuracy.value",
                                "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"},
                            }
                        },
                        "RightValue": {"Get": "Parameters.AccuracyThreshold"},
                    },
                    {"Type": "LessThan", "LeftValue": {"Get": "Steps.Evaluate.ExitMessage"}, "RightValue": 3},
                    {"Type": "In", "QueryValue": 1, "Values": [1]},
                ]
            },
        },
    ]
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        made = Aws(monkeypatch)
        made.answers |= {
            "DescribeProcessingJob": lambda _: {
                "ProcessingJobName": "evaluate",
                "ProcessingJobArn": JOB["ProcessingJob"]["Arn"],
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
            "GetObject": lambda asked: _body(asked["Key"]),
            "ListPipelineExecutionSteps": lambda _: {
                "PipelineExecutionSteps": [{"StepName": "Evaluate", "StepStatus": "Succeeded", "Metadata": JOB}]
            },
            "DescribePipelineExecution": lambda asked: {"PipelineExecutionArn": asked["PipelineExecutionArn"]},
        }
        yield made


def _body(key: str) -> dict[str, Any]:
    content = json.dumps({"metrics": {"accuracy": {"value": 0.75}}, "key": key}).encode()
    return {"ContentLength": len(content), "Body": io.BytesIO(content)}


def test_a_gate_tells_both_numbers_and_whether_each_condition_holds(aws: Aws) -> None:
    steps = {"Evaluate": StepView("Evaluate", "Processing", 0, "Succeeded", metadata=JOB)}
    fixed = Fixed(DEFINITION, {"AccuracyThreshold": "0.8"})
    first, second = fetch_comparisons(aws.source, fixed, steps, "Gate")
    assert (first.left, first.left_value, first.sign) == ("accuracy", "0.7500", "≥")
    assert (first.right, first.right_value, first.holds) == ("AccuracyThreshold", "0.8", False)
    assert (second.left_value, second.right_value, second.holds) == ("not known", "3", None)


def _ended(status: str, *failed: str) -> Execution:
    steps = tuple(StepView(kind, kind, 0, "Failed") for kind in failed)
    return Execution(Snapshot("arn/x", status, NOW, NOW, None, {}, steps), Graph((), ()), {})


@pytest.mark.parametrize(
    ("read", "may"),
    [
        (_ended("Failed", "Training"), True),
        (_ended("Failed", "Fail"), False),
        (_ended("Failed", "Fail", "Training"), True),
        (_ended("Stopped"), True),
        (_ended("Succeeded"), False),
        (_ended("Executing", "Training"), False),
    ],
)
def test_a_retry_is_offered_where_it_can_end_otherwise_and_not_for_a_gate(read: Execution, may: bool) -> None:
    assert read.may_be_retried is may


class _Request:
    def __init__(self, output: str, file: str) -> None:
        self.path_params = {"identifier": "x1", "step": "Evaluate"}
        self.query_params = {"output": output, "file": file}


def test_a_file_of_a_steps_output_can_be_opened(aws: Aws) -> None:
    request: Any = _Request("evaluation", "evaluation.json")
    content, kind = fetch_artifact(aws.source, request)
    assert (json.loads(content)["key"], kind) == ("e/evaluation.json", "text/plain; charset=utf-8")
    assert write_address("x1", "Evaluate", "evaluation", "a b.json") == (
        "/artifact/x1/Evaluate?output=evaluation&file=a+b.json"
    )


@pytest.mark.parametrize(("output", "file"), [("other", "x"), ("evaluation", "../secret"), ("", "")])
def test_nothing_else_in_the_bucket_can_be_opened(aws: Aws, output: str, file: str) -> None:
    request: Any = _Request(output, file)
    with pytest.raises(CommandError, match="The step has no output"):
        fetch_artifact(aws.source, request)


def test_a_browser_shows_reports_and_text_and_downloads_the_rest() -> None:
    assert [is_shown(name) for name in ("report.html", "A.PNG", "x.svg", "model.tar.gz", "a")] == [
        *(True, True),
        *(False, False, False),
    ]


def test_a_log_is_searched_whatever_the_case() -> None:
    assert find_lines(["Epoch[0]", "saved"], "epoch") == ["Epoch[0]"]
    assert find_lines(["Epoch[0]", "saved"], "") == ["Epoch[0]", "saved"]
