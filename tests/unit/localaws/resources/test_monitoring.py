"""A monitoring schedule in a stack: made, changed, deleted, refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localaws.monitoring.runner import Runner
from localaws.records import endpoints
from localaws.settings import Settings

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api
    from tests.unit.localaws.resources.conftest import Stack

TYPE = "AWS::SageMaker::MonitoringSchedule"


def properties(expression: str = "cron(0 * ? * * *)") -> dict[str, Any]:
    """The properties as a template writes them, its numbers as text."""
    definition = {
        "MonitoringInputs": [{"EndpointInput": {"EndpointName": "e", "LocalPath": "/opt/ml/processing/in"}}],
        "MonitoringOutputConfig": {
            "MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://b/out", "LocalPath": "/opt/ml/processing/out"}}]
        },
        "MonitoringResources": {
            "ClusterConfig": {"InstanceCount": "1", "InstanceType": "ml.m5.large", "VolumeSizeInGB": "10"}
        },
        "MonitoringAppSpecification": {"ImageUri": "monitor:1"},
        "RoleArn": "arn:aws:iam::000000000000:role/monitoring",
    }
    config = {"ScheduleConfig": {"ScheduleExpression": expression}, "MonitoringJobDefinition": definition}
    return {"MonitoringScheduleName": "drift", "MonitoringScheduleConfig": config}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An account that has Model Monitor."""
    return Settings(port=45660, home=tmp_path / "home", existing_customer=True)


@pytest.fixture
def looking(aws: Aws) -> Iterator[None]:
    """An endpoint that captures, and somebody who looks after the schedules."""
    capture = {"EnableCapture": True, "DestinationS3Uri": "s3://b/capture"}
    aws.store.put(endpoints.KIND, "e", {"EndpointName": "e", "EndpointArn": "arn:e", "DataCaptureConfig": capture})
    runner, done = Runner(aws), threading.Event()

    def look() -> None:
        while not done.wait(0.01):
            runner.start_due()

    thread = threading.Thread(target=look)
    thread.start()
    yield
    done.set()
    thread.join()


@pytest.mark.usefixtures("looking")
def test_a_schedule_is_in_effect_when_the_stack_goes_on(stack: Stack, api: Api) -> None:
    arn, attributes = stack.create(TYPE, properties())
    described = api("DescribeMonitoringSchedule", MonitoringScheduleName="drift")
    assert described["MonitoringScheduleStatus"] == "Scheduled"
    assert arn == attributes["MonitoringScheduleArn"] == described["MonitoringScheduleArn"]
    assert TYPE in stack.beside


@pytest.mark.usefixtures("looking")
def test_a_changed_expression_is_changed_and_a_deleted_schedule_is_gone(stack: Stack, api: Api) -> None:
    arn, _ = stack.create(TYPE, properties())
    stack.update(TYPE, arn, properties(), properties("cron(0 6 ? * * *)"))
    described = api("DescribeMonitoringSchedule", MonitoringScheduleName="drift")
    assert described["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"] == "cron(0 6 ? * * *)"
    stack.delete(TYPE, arn)
    stack.delete(TYPE, arn)
    assert api("ListMonitoringSchedules")["MonitoringScheduleSummaries"] == []


@pytest.mark.usefixtures("looking")
def test_what_the_api_refuses_fails_the_resource_with_its_reason(stack: Stack) -> None:
    with pytest.raises(ValueError, match="is not supported"):
        stack.create(TYPE, properties("rate(1 hour)"))
