"""What the pipeline's tests share: settings of an imaginary account, a faked AWS, and a built definition."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pipelines.clients import Client
from pipelines.code import CodeLocations
from pipelines.define import define
from pipelines.profiles import PROFILES
from pipelines.settings import Settings

CODE = CodeLocations(processing="s3://b/code/1/processing.pyz", evaluation="s3://b/code/2/evaluation.pyz")


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings.from_environment({"SCONES_ACCOUNT_ID": "123456789012"})


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
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


@pytest.fixture
def s3(aws: None, settings: Settings) -> Client:
    client = boto3.client("s3", region_name=settings.region)
    client.create_bucket(Bucket=settings.bucket)
    return client


@pytest.fixture
def sagemaker(aws: None, settings: Settings) -> Client:
    return boto3.client("sagemaker", region_name=settings.region)
