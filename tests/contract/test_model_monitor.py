"""What refresh_workflow does with Model Monitor, asked of the local AWS as either account."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from refresh_workflow import model_monitor
from refresh_workflow.monitoring import MODEL_MONITOR, Monitoring

from localaws.aws import Aws
from localaws.clients import Clients
from localaws.events import Events
from localaws.keys import Credentials
from localaws.monitoring.runner import Runner
from localaws.records import endpoints
from localaws.rest import answer
from localaws.services import BY_TARGET
from localaws.settings import Settings
from localaws.store import Store

NAME, ENDPOINT = "scones-vehicles-drift", "scones-vehicles"
MONITORING = Monitoring(
    backend=MODEL_MONITOR,
    schedule_name=NAME,
    role_arn="arn:aws:iam::000000000000:role/scones-monitoring",
    image_uri="000000000000.dkr.ecr.us-east-1.amazonaws.com/scones:1",
    instance_type="ml.m5.large",
    capture_uri="s3://bucket/monitoring/captures",
    reports_uri="s3://bucket/monitoring/reports",
    baseline_uri="s3://bucket/monitoring/baseline",
    ground_truth_uri="s3://bucket/monitoring/ground-truth",
)


class SageMaker:
    """The local AWS's SageMaker by boto3's names, without a port."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._runner = Runner(aws)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = re.sub(r"(?:^|_)([a-z])", lambda found: found[1].upper(), name)

        def call(**request: object) -> Any:
            status, content = answer(BY_TARGET["SageMaker"], self._aws, operation, json.dumps(request).encode())
            self._runner.start_due()  # a schedule is pending until somebody has looked at it
            told = json.loads(content)
            if status != 200:
                raise ClientError({"Error": {"Code": told["__type"], "Message": told["message"]}}, operation)
            return told

        return call


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Callable[[bool], SageMaker]]:
    """A SageMaker whose account is an existing customer's or not, with an endpoint that captures."""
    stores = []

    def make(existing: bool) -> SageMaker:
        settings = Settings(home=tmp_path / str(existing), existing_customer=existing)
        store = Store(settings.home / "sagemaker.db")
        stores.append(store)
        aws = Aws(settings, store, Events(store, lambda _: None), Clients(settings, Credentials("key", "secret")))
        capture = {"EnableCapture": True, "DestinationS3Uri": MONITORING.capture_uri}
        document = {
            "EndpointName": ENDPOINT,
            "EndpointArn": aws.arn("endpoint", ENDPOINT),
            "DataCaptureConfig": capture,
        }
        store.put(endpoints.KIND, ENDPOINT, document)
        return SageMaker(aws)

    yield make
    for store in stores:
        store.close()


def test_an_existing_customers_schedule_is_made_pointed_at_another_version_and_removed(
    account: Callable[[bool], SageMaker],
) -> None:
    sagemaker = account(True)
    assert model_monitor.point(sagemaker, MONITORING, ENDPOINT, "1") == ["schedule"]
    assert model_monitor.point(sagemaker, MONITORING, ENDPOINT, "1") == []
    assert model_monitor.point(sagemaker, MONITORING, ENDPOINT, "2") == ["schedule"]
    job = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=NAME)["MonitoringScheduleConfig"]
    assert "/v2/" in job["MonitoringJobDefinition"]["BaselineConfig"]["StatisticsResource"]["S3Uri"]
    assert model_monitor.remove(sagemaker, NAME) == [f"Model Monitor's schedule {NAME} was removed."]
    assert model_monitor.remove(sagemaker, NAME) == []


def test_a_new_customer_is_told_in_a_sentence_and_nothing_fails(account: Callable[[bool], SageMaker]) -> None:
    sagemaker = account(False)
    assert model_monitor.point(sagemaker, MONITORING, ENDPOINT, "1") == [model_monitor.CLOSED]
    assert model_monitor.remove(sagemaker, NAME) == []
