"""An account with a live endpoint: moto's SageMaker and autoscaling, a faked Step Functions, every call recorded.

moto has no ListStateMachineVersions and no DeleteStateMachineVersion, so Step Functions is answered from here, behind
botocore's own validation of each request.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.sagemaker.models import sagemaker_backends
from refresh_workflow.aws import Clients
from refresh_workflow.refresh import Summary, refresh
from refresh_workflow.settings import Settings

ACCOUNT = "123456789012"
STATES = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine"
FUNCTIONS = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function"
ENVIRONMENT = {
    "ENDPOINT_NAME": "scones-vehicles",
    "MODEL_PACKAGE_GROUP": "scones-vehicles",
    "INFERENCE_STATE_MACHINE_ARN": f"{STATES}:scones-inference",
    "BULK_STATE_MACHINE_ARN": f"{STATES}:scones-bulk-inference",
    "ALIAS_NAME": "live",
    "CONFIDENCE_THRESHOLD": "0.80",
    "MIN_INSTANCES": "1",
    "MAX_INSTANCES": "4",
    "INVOCATIONS_PER_INSTANCE": "600",
    "KEEP_VERSIONS": "2",
    "SERIALIZE_FUNCTION_ARN": f"{FUNCTIONS}:scones-serialize-image",
    "CLASSIFY_FUNCTION_ARN": f"{FUNCTIONS}:scones-classify-image",
    "FILTER_FUNCTION_ARN": f"{FUNCTIONS}:scones-filter-confidence",
    "BUCKET": "scones-bucket",
}
TEMPLATE = {
    "StartAt": "Classify",
    "States": {
        "Classify": {
            "Type": "Task",
            "Resource": "${ClassifyFunctionArn}",
            "Parameters": {"endpoint": "${EndpointName}", "version": "${ModelVersion}"},
            "End": True,
        }
    },
}
READS = ("Describe", "List")


def settings_with(**changes: str) -> Settings:
    return Settings.from_environment(ENVIRONMENT | changes)


def release_name(version: int) -> str:
    return f"scones-vehicles-v{version}-0000000{version}"


class Refusal(Exception):
    """An error that Step Functions answers with."""


@dataclass
class FakeStates:
    """Machines, published versions and aliases by ARN, answered as Step Functions answers."""

    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    aliases: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    published: int = 0

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation in self.forbidden:
            raise Refusal("AccessDeniedException")
        method: Callable[..., dict[str, Any]] = getattr(self, operation)
        return method(**request)

    def DescribeStateMachine(self, stateMachineArn: str) -> dict[str, Any]:
        found = self.machines.get(stateMachineArn) or self.versions.get(stateMachineArn)
        if not found:
            raise Refusal("StateMachineDoesNotExist")
        return found

    def UpdateStateMachine(
        self, stateMachineArn: str, definition: str, publish: bool, versionDescription: str
    ) -> dict[str, Any]:
        assert publish
        self.published += 1
        self.machines[stateMachineArn]["definition"] = definition
        version = f"{stateMachineArn}:{self.published}"
        self.versions[version] = {**self.machines[stateMachineArn], "description": versionDescription}
        return {"stateMachineVersionArn": version}

    def DescribeStateMachineAlias(self, stateMachineAliasArn: str) -> dict[str, Any]:
        if stateMachineAliasArn not in self.aliases:
            raise Refusal("ResourceNotFound")
        return {"routingConfiguration": self.aliases[stateMachineAliasArn]}

    def UpdateStateMachineAlias(
        self, stateMachineAliasArn: str, routingConfiguration: list[dict[str, Any]]
    ) -> dict[str, Any]:
        self.DescribeStateMachineAlias(stateMachineAliasArn)
        self.aliases[stateMachineAliasArn] = routingConfiguration
        return {}

    def CreateStateMachineAlias(self, name: str, routingConfiguration: list[dict[str, Any]]) -> dict[str, Any]:
        machine = routingConfiguration[0]["stateMachineVersionArn"].rpartition(":")[0]
        self.aliases[f"{machine}:{name}"] = routingConfiguration
        return {}

    def ListStateMachineVersions(self, stateMachineArn: str, nextToken: str = "0") -> dict[str, Any]:
        """Two a page, newest first."""
        start = int(nextToken)
        ours = [arn for arn in reversed(self.versions) if arn.startswith(f"{stateMachineArn}:")]
        more = {"nextToken": str(start + 2)} if len(ours) > start + 2 else {}
        return {"stateMachineVersions": [{"stateMachineVersionArn": arn} for arn in ours[start : start + 2]], **more}

    def DeleteStateMachineVersion(self, stateMachineVersionArn: str) -> dict[str, Any]:
        if stateMachineVersionArn in self.foreign:
            raise Refusal("ConflictException")
        del self.versions[stateMachineVersionArn]
        return {}


@dataclass
class World:
    """One account; `calls` names what was sent to AWS."""

    clients: Clients
    folder: Path
    states: FakeStates = field(default_factory=FakeStates)
    image_size: int = 28  # of each version; test_registry reads it from the registry
    calls: list[str] = field(default_factory=list)

    def refresh(self, **changes: str) -> Summary:
        return refresh(self.clients, settings_with(**changes), self.folder)

    def changes(self) -> list[str]:
        """Names of the calls that change something, since the last time that this was asked."""
        names = [name for name in self.calls if not name.startswith(READS)]
        self.calls.clear()
        return names

    @property
    def backend(self) -> Any:
        return sagemaker_backends[ACCOUNT]["us-east-1"]

    def release(self, version: int) -> str:
        """Create a model and a configuration as deploy_model does."""
        name, sagemaker = release_name(version), self.clients.sagemaker
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/r", PrimaryContainer={})
        sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": "live",
                    "ModelName": name,
                    "InstanceType": "ml.m5.xlarge",
                    "InitialInstanceCount": 1,
                }
            ],
            Tags=[{"Key": "scones:version", "Value": str(version)}],
        )
        return name

    def serve(self, version: int) -> None:
        """Put a release on the endpoint."""
        self.backend.endpoints["scones-vehicles"].endpoint_config_name = release_name(version)

    def record(self, model: Any, **_: Any) -> Any:
        """Botocore calls this after its validation; an answer given here is not asked of moto."""
        self.calls.append(model.name)

    def answer(self, model: Any, params: dict[str, Any], **_: Any) -> Any:
        try:
            found, status = self.states.answer(model.name, json.loads(params["body"])), 200
        except Refusal as error:
            found, status = {"Error": {"Code": str(error), "Message": "refused"}}, 400
        http = type("Response", (), {"status_code": status, "headers": {}})()
        return http, {**found, "ResponseMetadata": {}}


@pytest.fixture
def environment() -> dict[str, str]:
    """The variables of a complete function."""
    return dict(ENVIRONMENT)


@pytest.fixture
def make_settings() -> Callable[..., Settings]:
    """Settings with some variables set otherwise: `make_settings(KEEP_VERSIONS="3")`."""
    return settings_with


@pytest.fixture
def world(sdk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Version 1 is live; both state machines are as a stack leaves them, without versions or aliases."""
    for name in ("inference", "bulk"):
        (tmp_path / f"{name}.asl.json").write_text(json.dumps(TEMPLATE | {"Comment": name}))
    with mock_aws():
        services = ("sagemaker", "application-autoscaling", "stepfunctions", "s3", "scheduler")
        clients = Clients(*map(sdk.client, services))
        world = World(clients, tmp_path)
        monkeypatch.setattr("refresh_workflow.refresh.read_image_size", lambda *_: world.image_size)
        world.release(1)
        clients.sagemaker.create_endpoint(EndpointName="scones-vehicles", EndpointConfigName=release_name(1))
        for name in ("INFERENCE_STATE_MACHINE_ARN", "BULK_STATE_MACHINE_ARN"):
            world.states.machines[ENVIRONMENT[name]] = {"definition": "{}", "roleArn": "role"}
        for client in (clients.sagemaker, clients.autoscaling, clients.states):
            sdk.hook(client, "before-call", world.record)
        sdk.hook(clients.states, "before-call", world.answer)
        yield world
