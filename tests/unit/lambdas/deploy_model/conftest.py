"""A SageMaker and an S3 to deploy from: moto's, with what they lack, a clock, and a record of every call."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from deploy_model.reconcile import Clients, Outcome, reconcile
from deploy_model.settings import Settings
from moto import mock_aws
from moto.sagemaker.models import sagemaker_backends

ACCOUNT = "123456789012"
GROUP = "scones-vehicles"
BUCKET = f"scones-{ACCOUNT}-us-east-1"
ENVIRONMENT = {
    "MODEL_PACKAGE_GROUP": GROUP,
    "ENDPOINT_NAME": "scones-vehicles",
    "ENDPOINT_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/scones-endpoint",
    "INSTANCE_TYPE": "ml.m5.xlarge",
    "INSTANCE_COUNT": "1",
    "TRAFFIC_ROUTING": "ALL_AT_ONCE",
    "BAKE_SECONDS": "120",
    "STEP_PERCENT": "50",
    "CAPTURE_URI": f"s3://{BUCKET}/data-capture/",
    "BUCKET": BUCKET,
    "TOPIC_ARN": f"arn:aws:sns:us-east-1:{ACCOUNT}:scones-people",
    "ALARM_NAMES": "scones-5xx,scones-latency",
    "KMS_KEY_ARN": "",
}
ORIGIN = {"execution_id": "abc123", "commit": "f00d"}
READS = ("Describe", "List")


def settings_with(**changes: str) -> Settings:
    return Settings.from_environment(ENVIRONMENT | changes)


@dataclass
class Mail:
    """SNS, as far as it is called: subjects and texts in the order in which they came."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def publish(self, TopicArn: str, Subject: str, Message: str) -> None:
        assert TopicArn == ENVIRONMENT["TOPIC_ARN"]
        self.sent.append((Subject, Message))


@dataclass
class World:
    """One account; `calls` holds what was sent to it, and `failing` which operations are refused, and how."""

    client: Any
    autoscaling: Any
    s3: Any
    mail: Mail = field(default_factory=Mail)
    settings: Settings = field(default_factory=settings_with)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failing: dict[str, tuple[str, str]] = field(default_factory=dict)
    minutes: int = 0

    def register(self, status: str = "PendingManualApproval", name: str = "model", **changes: Any) -> str:
        """Register `runs/<name>.tar.gz` with its digest, as the pipeline does; `changes` are of the request."""
        body = name.encode()
        self.put(f"runs/{name}.tar.gz", body)
        request = {
            "ModelPackageGroupName": GROUP,
            "ModelApprovalStatus": status,
            "InferenceSpecification": {
                "Containers": [{"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/runs/{name}.tar.gz"}],
                "SupportedContentTypes": ["image/png"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
            "CustomerMetadataProperties": {**ORIGIN, "artifact_sha256": hashlib.sha256(body).hexdigest()},
        }
        arn: str = self.client.create_model_package(**request | changes)["ModelPackageArn"]
        return arn

    def put(self, key: str, body: bytes) -> None:
        """Write an object, as a job may under runs/."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def copies(self) -> dict[str, bytes]:
        """What lies under approved/, by key."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix="approved/").get("Contents", [])
        keys = [entry["Key"] for entry in listed]
        return {key: self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    def judge(self, arn: str, status: str) -> None:
        """Approve or reject a version, a minute after whatever happened before."""
        # AWS adds to what is there; moto replaces it.
        known = self.backend.model_packages[arn].customer_metadata_properties
        self.client.update_model_package(
            ModelPackageArn=arn, ModelApprovalStatus=status, CustomerMetadataProperties=known
        )
        self.minutes += 1
        self.backend.model_packages[arn].last_modified_time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
            minutes=self.minutes
        )

    def approve(self, arn: str) -> None:
        self.judge(arn, "Approved")

    def reject(self, arn: str) -> None:
        self.judge(arn, "Rejected")

    def deliver(self, **changes: str) -> Outcome:
        """Let the function look at the world once."""
        clients = Clients(self.client, self.autoscaling, self.s3, self.mail)
        return reconcile(clients, settings_with(**changes) if changes else self.settings)

    @property
    def backend(self) -> Any:
        return sagemaker_backends[ACCOUNT]["us-east-1"]

    @property
    def endpoint(self) -> Any:
        return self.backend.endpoints["scones-vehicles"]

    @property
    def live_version(self) -> int:
        tags = self.backend.endpoint_configs[self.endpoint.endpoint_config_name].tags
        return int({tag["Key"]: tag["Value"] for tag in tags}["scones:version"])

    def changes(self) -> list[str]:
        """Names of the calls that change something in SageMaker, since the last time that this was asked."""
        names = [name for name, _ in self.calls if not name.startswith(READS)]
        self.calls.clear()
        return [name for name in names if not name.endswith("ModelPackage") and name != "CopyObject"]

    def sent(self, operation: str) -> dict[str, Any]:
        """Return the parameters of the last call of an operation."""
        return next(parameters for name, parameters in reversed(self.calls) if name == operation)

    def record(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Botocore calls this with what the code has sent."""
        self.calls.append((model.name, params))

    def answer(self, model: Any, **_: Any) -> Any:
        """Botocore calls this after its validation; an answer given here is not asked of moto."""
        if model.name in self.failing:
            code, message = self.failing[model.name]
            return _response(400), {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
        asked = self.sent("CopyObject") if model.name == "CopyObject" else {}
        if asked.get("IfNoneMatch") == "*" and asked["Key"] in self.copies():
            error = {"Code": "PreconditionFailed", "Message": "At least one of the pre-conditions did not hold"}
            return _response(412), {"Error": error, "ResponseMetadata": {}}
        if model.name == "UpdateEndpoint":
            # From here on the endpoint is at rest again, with the configuration that the test settles it on.
            self.endpoint.endpoint_config_name = self.sent("UpdateEndpoint")["EndpointConfigName"]
            return _response(200), {"EndpointArn": self.endpoint.arn, "ResponseMetadata": {}}
        return None


def _response(status: int) -> Any:
    return type("Response", (), {"status_code": status, "headers": {}})()


@pytest.fixture
def environment() -> dict[str, str]:
    """The variables of a complete function."""
    return dict(ENVIRONMENT)


@pytest.fixture
def make_settings() -> Callable[..., Settings]:
    """Settings with some variables set otherwise: `make_settings(INSTANCE_COUNT="2")`."""
    return settings_with


@pytest.fixture
def world(sdk: Any) -> Iterator[World]:
    """An empty registry and no endpoint."""
    with mock_aws():
        world = World(sdk.client("sagemaker", once=True), sdk.client("application-autoscaling"), sdk.client("s3"))
        world.client.create_model_package_group(ModelPackageGroupName=GROUP)
        world.s3.create_bucket(Bucket=BUCKET)
        for client, service in ((world.client, "sagemaker"), (world.s3, "s3.CopyObject")):
            sdk.hook(client, f"provide-client-params.{service}", world.record)
            sdk.hook(client, f"before-call.{service}", world.answer)
        yield world


@pytest.fixture
def versions(world: World) -> list[str]:
    """ARNs of three pending versions; index 0 is version 1."""
    arns = [world.register() for _ in range(3)]
    world.calls.clear()
    return arns
