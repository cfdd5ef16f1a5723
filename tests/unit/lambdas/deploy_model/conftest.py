"""A SageMaker to deploy to: moto's, with the UpdateEndpoint that it lacks, a clock, and a record of every call."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import pytest
from botocore.config import Config
from deploy_model.reconcile import Outcome, reconcile
from deploy_model.settings import Settings
from moto import mock_aws
from moto.sagemaker.models import sagemaker_backends

ACCOUNT = "123456789012"
GROUP = "scones-vehicles"
ENVIRONMENT = {
    "MODEL_PACKAGE_GROUP": GROUP,
    "ENDPOINT_NAME": "scones-vehicles",
    "ENDPOINT_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/scones-endpoint",
    "INSTANCE_TYPE": "ml.m5.xlarge",
    "INSTANCE_COUNT": "1",
    "TRAFFIC_ROUTING": "ALL_AT_ONCE",
    "BAKE_SECONDS": "120",
    "STEP_PERCENT": "50",
    "CAPTURE_URI": f"s3://scones-{ACCOUNT}-us-east-1/data-capture/",
    "ALARM_NAMES": "scones-5xx,scones-latency",
    "KMS_KEY_ARN": "",
}
ORIGIN = {"execution_id": "abc123", "commit": "f00d"}
READS = ("Describe", "List")


def settings_with(**changes: str) -> Settings:
    return Settings.from_environment(ENVIRONMENT | changes)


@dataclass
class World:
    """One account; `calls` holds what was sent to SageMaker, and `failing` which operations it refuses, and how."""

    client: Any
    autoscaling: Any
    settings: Settings = field(default_factory=settings_with)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failing: dict[str, tuple[str, str]] = field(default_factory=dict)
    minutes: int = 0

    def register(self, status: str = "PendingManualApproval") -> str:
        arn: str = self.client.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=status,
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
                "SupportedContentTypes": ["image/png"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
            CustomerMetadataProperties=ORIGIN,
        )["ModelPackageArn"]
        return arn

    def judge(self, arn: str, status: str) -> None:
        """Approve or reject a version, a minute after whatever happened before."""
        self.client.update_model_package(
            ModelPackageArn=arn, ModelApprovalStatus=status, CustomerMetadataProperties=ORIGIN
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
        return reconcile(self.client, self.autoscaling, settings_with(**changes) if changes else self.settings)

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
        """Names of the calls that change something, since the last time that this was asked."""
        names = [name for name, _ in self.calls if not name.startswith(READS)]
        self.calls.clear()
        return [name for name in names if not name.endswith("ModelPackage")]

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


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """A session is slow to make, for it reads AWS's descriptions; its clients are quick."""
    return boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture
def world(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An empty registry and no endpoint."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = session.client("sagemaker", config=Config(retries={"total_max_attempts": 1}))
        client.create_model_package_group(ModelPackageGroupName=GROUP)
        world = World(client, session.client("application-autoscaling"))
        client.meta.events.register("provide-client-params.sagemaker", world.record)
        client.meta.events.register("before-call.sagemaker", world.answer)
        yield world


@pytest.fixture
def versions(world: World) -> list[str]:
    """ARNs of three pending versions; index 0 is version 1."""
    arns = [world.register() for _ in range(3)]
    world.calls.clear()
    return arns
