"""What the list of executions says beside AWS's own: profile, accuracy, version, trigger, working time."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from console.results import fetch_results, measure_work, parse_trigger
from tests.unit.console.page.aws import Aws

ROOT = "arn:aws:sagemaker:us-east-1:000000000000"
ARN = f"{ROOT}:pipeline/scones-training/execution/a1b2c3d4e5f6"
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
DEFINITION = {
    "Version": "2020-12-01",
    "Steps": [
        {
            "Name": "AccuracyGate",
            "Type": "Condition",
            "Arguments": {
                "IfSteps": [
                    {
                        "Name": "RegisterModel",
                        "Type": "RegisterModel",
                        "Arguments": {"CustomerMetadataProperties": {"profile": "quick"}},
                    }
                ]
            },
        }
    ],
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        yield Aws(monkeypatch)


def _answer(aws: Aws, steps: list[dict[str, Any]], status: str) -> None:
    """An execution with these steps, which alice started."""
    given = [{"Name": "StartedBy", "Value": "alice"}, {"Name": "StartReason", "Value": "started by a person"}]
    aws.answers |= {
        "DescribePipelineExecution": lambda _: {
            "PipelineExecutionStatus": status,
            "LastModifiedTime": START + timedelta(hours=9),
        },
        "DescribePipelineDefinitionForExecution": lambda _: {"PipelineDefinition": json.dumps(DEFINITION)},
        "ListPipelineParametersForExecution": lambda _: {"PipelineParameters": given},
        "ListPipelineExecutionSteps": lambda _: {"PipelineExecutionSteps": steps},
    }


def _step(name: str, **metadata: Any) -> dict[str, Any]:
    times = {"StartTime": START, "EndTime": START + timedelta(seconds=30)}
    return {"StepName": name, "StepStatus": "Succeeded", "Metadata": metadata, **times}


def test_a_registered_version_brings_its_number_and_accuracy(aws: Aws) -> None:
    _answer(
        aws, [_step("RegisterModel", RegisterModel={"Arn": f"{ROOT}:model-package/scones-vehicles/4"})], "Succeeded"
    )
    aws.answers["DescribeModelPackage"] = lambda _: {
        "ModelPackageName": "scones-vehicles",
        "ModelPackageVersion": 4,
        "ModelPackageArn": f"{ROOT}:model-package/scones-vehicles/4",
        "CreationTime": START,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "CustomerMetadataProperties": {"accuracy": "0.975"},
    }
    [found] = fetch_results(aws.source, [ARN])
    assert (found.version, found.accuracy, found.profile, found.trigger) == (4, 0.975, "quick", "alice")
    assert found.seconds == 30
    assert found.end == START + timedelta(hours=9)


def test_an_execution_that_failed_at_the_gate_has_the_accuracy_that_was_measured(aws: Aws) -> None:
    _answer(aws, [_step("EvaluateModel", ProcessingJob={"Arn": f"{ROOT}:processing-job/evaluate-1"})], "Failed")
    output = {"S3Uri": "s3://b/runs/x/evaluation", "LocalPath": "/opt", "S3UploadMode": "EndOfJob"}
    aws.answers["DescribeProcessingJob"] = lambda asked: {
        "ProcessingJobName": asked["ProcessingJobName"],
        "ProcessingJobArn": f"{ROOT}:processing-job/evaluate-1",
        "ProcessingJobStatus": "Completed",
        "CreationTime": START,
        "AppSpecification": {"ImageUri": "i"},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "evaluation", "S3Output": output}]},
    }
    report = json.dumps({"binary_classification_metrics": {"accuracy": {"value": 0.7131}}}).encode()
    aws.answers["GetObject"] = lambda asked: {"Body": io.BytesIO(report)} if asked["Key"].endswith(".json") else {}
    [found] = fetch_results(aws.source, [ARN])
    assert (found.accuracy, found.version) == (0.7131, None)


def test_an_execution_before_its_evaluation_has_no_accuracy_and_no_end(aws: Aws) -> None:
    _answer(aws, [{"StepName": "PrepareData", "StepStatus": "Executing", "StartTime": START}], "Executing")
    [found] = fetch_results(aws.source, [ARN])
    assert (found.accuracy, found.version, found.end) == (None, None, None)


@pytest.mark.parametrize(
    ("by", "reason", "trigger"),
    [
        ("ada", "started by a person", "ada"),
        ("start_training", "drift: the alarm rang at 2026-11-28 23:00 UTC", "drift"),
        ("start_training", "batch: one batch of new images", "batch"),
        ("ada", "person: a new camera", "ada"),
        ("rule/scones-push", "started by a person", "push"),
    ],
)
def test_the_trigger_is_one_word(by: str, reason: str, trigger: str) -> None:
    assert parse_trigger(by, reason) == trigger


def test_the_time_between_a_failure_and_its_retry_is_no_work() -> None:
    def step(start: int, end: int) -> dict[str, Any]:
        return {"StartTime": START + timedelta(seconds=start), "EndTime": START + timedelta(seconds=end)}

    later = START + timedelta(hours=2)
    assert measure_work([step(0, 10), step(5, 20), step(3_600, 3_630)], later) == 50
    assert measure_work([step(0, 10), {"StartTime": later}, {}], later + timedelta(seconds=7)) == 17
