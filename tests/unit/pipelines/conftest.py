"""What the pipeline's tests share: settings of an imaginary account, a faked AWS, and a built definition."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pipelines.clients import Client
from pipelines.code import CodeLocations
from pipelines.define import define
from pipelines.profiles import PROFILES
from pipelines.settings import Settings
from tests.images import put_image

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef"
CODE = CodeLocations(processing="s3://b/code/1/processing.pyz", evaluation="s3://b/code/2/evaluation.pyz")


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings.from_environment({"SCONES_ACCOUNT_ID": "123456789012", "SCONES_IMAGE_URI": IMAGE})


@pytest.fixture(scope="session")
def definition_text(settings: Settings) -> str:
    return define(settings, PROFILES["compact"], CODE)


@pytest.fixture
def definition(definition_text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(definition_text)
    return parsed


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    for name in [name for name in os.environ if name.startswith("SCONES_") or name == "AWS_ENDPOINT_URL"]:
        monkeypatch.delenv(name)
    with mock_aws():
        yield


@pytest.fixture
def image(aws: None, settings: Settings) -> str:
    """The container image, in the registry."""
    return put_image(boto3.client("ecr", region_name=settings.region), IMAGE)


class Stacks:
    """CloudFormation's part: stacks by name, with their outputs."""

    def __init__(self) -> None:
        self.outputs: dict[str, dict[str, str]] = {}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        """Answer as AWS does, a missing stack too."""
        if StackName not in self.outputs:
            words = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": words}}, "DescribeStacks")
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs[StackName].items()]
        tags = [{"Key": "team", "Value": "bakery"}, {"Key": "aws:servicecatalog:productArn", "Value": "arn"}]
        arn = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{StackName}/1"
        return {"Stacks": [{"StackId": arn, "Outputs": outputs, "Tags": tags}]}


@pytest.fixture
def deploy(aws: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Deploy a stack that has outputs, and nothing that matters else."""
    stacks = Stacks()

    def make(service: str, region: str) -> Client:
        return stacks if service == "cloudformation" else boto3.client(service, region_name=region)

    monkeypatch.setattr("pipelines.stack.make_client", make)
    return lambda name="scones", **outputs: stacks.outputs.update({name: outputs})


@pytest.fixture
def s3(aws: None, settings: Settings) -> Client:
    client = boto3.client("s3", region_name=settings.region)
    client.create_bucket(Bucket=settings.bucket)
    return client


@pytest.fixture
def sagemaker(aws: None, settings: Settings) -> Client:
    return boto3.client("sagemaker", region_name=settings.region)
