"""Endpoints on a local AWS of their own: real pictures, updates under load, ways back, and `kill -9`."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.e2e.laptop import REPOSITORY, Laptop, free_port

BUCKET = "endpoints-of-the-tests"
ROLE = "arn:aws:iam::000000000000:role/endpoint"
REGISTRY = "811284229777.dkr.ecr.us-east-1.amazonaws.com"
CLIENTS = 4
PICTURES = 16
PERIOD = 10


@dataclass(frozen=True)
class Endpoints:
    """Makes endpoints on a laptop and asks them."""

    laptop: Laptop

    def config(self, name: str, container: dict[str, Any], count: int = 1, **request: Any) -> str:
        """A model and an endpoint configuration of one name."""
        sagemaker = self.laptop.client("sagemaker")
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
        variant = {
            "VariantName": "live",
            "ModelName": name,
            "InstanceType": "ml.m5.xlarge",
            "InitialInstanceCount": count,
        }
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **request)
        return name

    def tiny(self, name: str, version: str, count: int = 1) -> str:
        """A configuration of tests/tiny_server.py."""
        return self.config(name, {"Image": "tiny:1", "Environment": {"VERSION": version, "SECONDS": "0.01"}}, count)

    def create(self, name: str, config: str) -> dict[str, Any]:
        self.laptop.client("sagemaker").create_endpoint(EndpointName=name, EndpointConfigName=config)
        return self.settled(name)

    def update(self, name: str, config: str, **request: Any) -> dict[str, Any]:
        self.laptop.client("sagemaker").update_endpoint(EndpointName=name, EndpointConfigName=config, **request)
        return self.settled(name)

    def settled(self, name: str) -> dict[str, Any]:
        """Wait until the endpoint is InService or Failed."""
        return until(
            lambda: self.laptop.client("sagemaker").describe_endpoint(EndpointName=name),
            lambda said: said["EndpointStatus"] in ("InService", "Failed"),
        )

    def version(self, name: str) -> str:
        answer = self.laptop.client("sagemaker-runtime").invoke_endpoint(EndpointName=name, Body=b"picture")
        version: str = json.load(answer["Body"])["version"]
        return version


def until(read: Callable[[], Any], holds: Callable[[Any], object], seconds: float = 60) -> Any:
    """Look until something holds, and answer what was seen."""
    deadline = time.monotonic() + seconds
    while not holds(seen := read()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
    return seen


class Load:
    """Clients that ask an endpoint without a pause."""

    def __init__(self, endpoints: Endpoints, name: str) -> None:
        self.answers: list[str] = []
        self.failures: list[Exception] = []
        self._done = threading.Event()
        self._runtime = endpoints.laptop.client("sagemaker-runtime")
        self._threads = [threading.Thread(target=self._ask, args=(name,)) for _ in range(CLIENTS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, name: str) -> None:
        while not self._done.is_set():
            try:
                answer = self._runtime.invoke_endpoint(EndpointName=name, Body=b"picture")
                self.answers.append(json.load(answer["Body"])["version"])
            except Exception as error:
                self.failures.append(error)


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A local AWS of these tests' own, as it is killed, in which the image `tiny` is tests/tiny_server.py.

    It enforces no IAM, as the command starts it by itself.
    """
    laptop = Laptop(free_port(), tmp_path_factory.mktemp("endpoints"), enforce_iam="false")
    program = ["python3", str(REPOSITORY / "tests" / "tiny_server.py")]
    (laptop.home / "images.json").write_text(json.dumps({"tiny": program}))
    laptop.scones("up")
    laptop.client("s3").create_bucket(Bucket=BUCKET)
    yield Endpoints(laptop)
    laptop.scones("down", "--wipe")


def test_the_installations_key_is_asked_for_where_iam_is_not_enforced_too(endpoints: Endpoints) -> None:
    somebody = boto3.client(
        "sagemaker",
        endpoint_url=endpoints.laptop.endpoint,
        region_name="us-east-1",
        aws_access_key_id="somebody",
        aws_secret_access_key="anything",
    )
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        somebody.list_endpoints()
    mine = endpoints.laptop.client("sagemaker")
    assert mine.list_endpoints(NameContains="nothing-of-this-name")["Endpoints"] == []
    assert not (endpoints.laptop.home / "access.jsonl").exists()


@pytest.fixture(scope="module")
def artifact(endpoints: Endpoints) -> str:
    """A model that the stand-in for the built-in algorithm trained for one epoch on a few pictures."""
    s3, sagemaker = endpoints.laptop.client("s3"), endpoints.laptop.client("sagemaker")
    lines = [f"{index}\t{index % 2}\t{index}.png\n" for index in range(PICTURES)]
    for channel in ("train", "validation"):
        for index in range(PICTURES):
            s3.put_object(Bucket=BUCKET, Key=f"{channel}/{index}.png", Body=picture(index))
        s3.put_object(Bucket=BUCKET, Key=f"{channel}_lst/{channel}.lst", Body="".join(lines))
    channels = [
        {
            "ChannelName": name,
            "ContentType": "application/x-image",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{name}/"}},
        }
        for name in ("train", "validation", "train_lst", "validation_lst")
    ]
    sagemaker.create_training_job(
        TrainingJobName="small",
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": f"{REGISTRY}/image-classification:1", "TrainingInputMode": "File"},
        InputDataConfig=channels,
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        ResourceConfig={"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
        HyperParameters={
            "num_classes": "2",
            "num_training_samples": str(PICTURES),
            "num_layers": "20",
            "image_shape": "3,28,28",
            "mini_batch_size": "8",
            "epochs": "1",
        },
    )
    job = until(
        lambda: sagemaker.describe_training_job(TrainingJobName="small"),
        lambda said: said["TrainingJobStatus"] in ("Completed", "Failed"),
    )
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    address: str = job["ModelArtifacts"]["S3ModelArtifacts"]
    return address


def picture(shade: int) -> bytes:
    """A PNG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), (shade * 15 % 256, 80, 160)).save(file, "PNG")
    return file.getvalue()


def test_a_trained_model_answers_pictures_and_its_captures_hold_both_sides(endpoints: Endpoints, artifact: str) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
    }
    container = {"Image": f"{REGISTRY}/image-classification:1", "ModelDataUrl": artifact}
    config = endpoints.config("pictures", container, DataCaptureConfig=capture)
    assert endpoints.create("pictures", config)["EndpointStatus"] == "InService"
    runtime = endpoints.laptop.client("sagemaker-runtime")
    asked = {"EndpointName": "pictures", "ContentType": "image/png", "InferenceId": "one"}
    answer = runtime.invoke_endpoint(**asked, Body=picture(1))
    probabilities = json.load(answer["Body"])
    assert sum(probabilities) == pytest.approx(1, abs=1e-3)
    assert answer["InvokedProductionVariant"] == "live"
    with pytest.raises(runtime.exceptions.ModelError) as refused:
        runtime.invoke_endpoint(**asked, Body=b"no picture")
    assert refused.value.response["OriginalStatusCode"] == 400
    line = json.loads(_captured(endpoints.laptop.client("s3")))
    assert base64.b64decode(line["captureData"]["endpointInput"]["data"]) == picture(1)
    assert json.loads(line["captureData"]["endpointOutput"]["data"]) == probabilities
    assert line["eventMetadata"]["inferenceId"] == "one"


def test_an_update_with_a_canary_under_load_fails_no_request(endpoints: Endpoints) -> None:
    endpoints.create("busy", endpoints.tiny("busy-1", "1", count=2))
    routing = {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 1,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
    }
    policy = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}
    with Load(endpoints, "busy") as load:
        described = endpoints.update("busy", endpoints.tiny("busy-2", "2", count=2), DeploymentConfig=policy)
    assert load.failures == []
    assert set(load.answers) == {"1", "2"}
    assert described["EndpointConfigName"] == "busy-2"
    assert endpoints.version("busy") == "2"


def test_a_version_that_cannot_start_is_taken_back_while_the_old_one_answers(endpoints: Endpoints) -> None:
    endpoints.create("firm", endpoints.tiny("firm-1", "1"))
    with Load(endpoints, "firm") as load:
        described = endpoints.update("firm", endpoints.tiny("firm-2", "broken"))
    assert load.failures == []
    assert described["EndpointConfigName"] == "firm-1"
    assert "This model has no labels." in described["FailureReason"]


def test_a_version_that_errs_trips_the_alarm_and_is_taken_back(endpoints: Endpoints) -> None:
    endpoints.laptop.client("cloudwatch").put_metric_alarm(
        AlarmName="guarded-errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": "guarded"}, {"Name": "VariantName", "Value": "live"}],
        Statistic="Sum",
        Period=PERIOD,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    endpoints.create("guarded", endpoints.tiny("guarded-1", "1"))
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 60}
    policy = {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "guarded-errors"}]},
    }
    began = time.monotonic()
    with Load(endpoints, "guarded") as load:
        described = endpoints.update("guarded", endpoints.tiny("guarded-2", "wrong"), DeploymentConfig=policy)
    assert load.failures
    assert time.monotonic() - began < routing["WaitIntervalInSeconds"]
    assert described["EndpointConfigName"] == "guarded-1"
    assert "guarded-errors" in described["FailureReason"]
    assert endpoints.version("guarded") == "1"


def test_after_a_kill_and_up_the_endpoint_serves_again(endpoints: Endpoints) -> None:
    endpoints.create("durable", endpoints.tiny("durable-1", "7"))
    os.kill(int((endpoints.laptop.home / "localaws.pid").read_text()), signal.SIGKILL)
    endpoints.laptop.scones("up")
    assert endpoints.settled("durable")["EndpointStatus"] == "InService"
    assert endpoints.version("durable") == "7"
    left = _directories(endpoints.laptop.home / "endpoints" / "durable")
    assert len(left) == 1
    endpoints.laptop.client("sagemaker").delete_endpoint(EndpointName="durable")
    until(lambda: _directories(endpoints.laptop.home / "endpoints" / "durable"), lambda seen: not seen)


def _captured(s3: Any) -> bytes:
    listed = until(
        lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix="capture/pictures/live/"), lambda said: said["KeyCount"]
    )
    body: bytes = s3.get_object(Bucket=BUCKET, Key=listed["Contents"][0]["Key"])["Body"].read()
    return body


def _directories(endpoint: Path) -> list[Path]:
    return list(endpoint.glob("i-*"))
