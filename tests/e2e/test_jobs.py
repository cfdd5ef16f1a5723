"""Jobs beyond the plain run: several instances, batch transform with a trained artifact, and the events of a run."""

from __future__ import annotations

import hashlib
import io
import json
import time
from typing import Any

import pytest
from PIL import Image

from tests.e2e.laptop import Laptop

BUCKET = "scones-000000000000-us-east-1"


@pytest.fixture(scope="module")
def queue(laptop: Laptop) -> str:
    """A queue that gets every SageMaker event from the default bus."""
    sqs, events = laptop.client("sqs"), laptop.client("events")
    url: str = sqs.create_queue(QueueName="sagemaker-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [statement]})})
    events.put_rule(Name="sagemaker-events", EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    events.put_targets(Rule="sagemaker-events", Targets=[{"Id": "queue", "Arn": arn}])
    return url


@pytest.fixture(scope="module")
def curated(laptop: Laptop) -> list[str]:
    """Six curated pictures, three of each class."""
    names = []
    for number in range(6):
        body = io.BytesIO()
        Image.new("RGB", (32, 32), (40 * number, 200 - 30 * number, 90)).save(body, "PNG")
        label = ("bicycle", "motorcycle")[number % 2]
        digest = hashlib.sha256(body.getvalue()).hexdigest()
        laptop.client("s3").put_object(Bucket=BUCKET, Key=f"runs/more/{label}/{digest}.png", Body=body.getvalue())
        names.append(digest)
    return names


@pytest.fixture(scope="module")
def run(laptop: Laptop, sample: str, queue: str, curated: list[str]) -> str:
    """A run whose processing has two instances that share the curated pictures."""
    assert queue
    assert len(curated) == 6
    settings = {
        "InputDataUri": sample,
        "CuratedDataUri": f"s3://{BUCKET}/runs/more/",
        "ProcessingInstanceCount": 2,
        "Epochs": 1,
        "AccuracyThreshold": 0.1,
        "LiveModelUri": "",  # another test's version may be live
    }
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    return laptop.scones("run", *words, "--watch").stdout.split()[0]


def test_two_instances_write_one_list_of_all_pictures(laptop: Laptop, run: str) -> None:
    manifest = json.loads(_read(laptop, f"{_prefix(run)}/lst/manifest.json"))
    counted = [count for split in ("train", "validation") for count in manifest["counts"][split].values()]
    assert sum(counted) == 200 + 6
    lines = _read(laptop, f"{_prefix(run)}/lst/train.lst").decode().splitlines()
    assert len(lines) == manifest["lists"]["train"]["pictures"]
    paths = {line.split("\t")[2] for line in lines}
    assert paths <= _listed(laptop, f"{_prefix(run)}/train/")


def test_a_batch_transform_answers_a_list_of_probabilities_for_each_picture(laptop: Laptop, run: str) -> None:
    sagemaker = laptop.client("sagemaker")
    package = sagemaker.list_model_packages(ModelPackageGroupName="scones-vehicles", SortOrder="Descending")
    described = sagemaker.describe_model_package(
        ModelPackageName=package["ModelPackageSummaryList"][0]["ModelPackageArn"]
    )
    container = described["InferenceSpecification"]["Containers"][0]
    sagemaker.create_model(
        ModelName="transformed",
        ExecutionRoleArn=laptop.role("transform", "sagemaker"),
        PrimaryContainer={"Image": container["Image"], "ModelDataUrl": container["ModelDataUrl"]},
    )
    sagemaker.create_transform_job(
        TransformJobName="pictures",
        ModelName="transformed",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/runs/more/"}},
            "ContentType": "image/png",
        },
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/transformed/"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    sagemaker.get_waiter("transform_job_completed_or_stopped").wait(
        TransformJobName="pictures", WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
    assert sagemaker.describe_transform_job(TransformJobName="pictures")["TransformJobStatus"] == "Completed"
    answers = _listed(laptop, "transformed/")
    assert len(answers) == 6
    for name in answers:
        probabilities = json.loads(_read(laptop, f"transformed/{name}"))
        assert len(probabilities) == 2
        assert sum(probabilities) == pytest.approx(1, abs=1e-4)


def test_each_transition_of_a_run_is_an_event(laptop: Laptop, run: str, queue: str) -> None:
    received = [event for event in _events(laptop, queue) if run in event["resources"]]
    steps = [event["detail"] for event in received if event["detail-type"].endswith("Execution Step Status Change")]
    seen = [(detail["stepName"], detail["currentStepStatus"]) for detail in steps]
    for name in ("PrepareData", "TrainModel", "EvaluateModel", "AccuracyGate", "RegisterModel"):
        assert [status for step, status in seen if step == name] == ["Starting", "Executing", "Succeeded"]
    executions = [
        event["detail"] for event in received if event["detail-type"].endswith("Pipeline Execution Status Change")
    ]
    assert [detail["currentPipelineExecutionStatus"] for detail in executions] == ["Executing", "Succeeded"]


def _prefix(arn: str) -> str:
    return f"runs/{arn.rsplit('/', 1)[1]}"


def _read(laptop: Laptop, key: str) -> bytes:
    body: bytes = laptop.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return body


def _listed(laptop: Laptop, prefix: str) -> set[str]:
    pages = laptop.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return {entry["Key"].removeprefix(prefix) for page in pages for entry in page.get("Contents", [])}


def _events(laptop: Laptop, queue: str) -> list[dict[str, Any]]:
    sqs = laptop.client("sqs")
    received: list[dict[str, Any]] = []
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 2:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            received.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            quiet_since = time.monotonic()
    return received
