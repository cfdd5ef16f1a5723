"""An endpoint that is said to capture, hours of captures in a faked S3, and a clock that tests set."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from localaws.aws import Aws
from localaws.monitoring.runner import Runner
from localaws.records import endpoints
from localaws.settings import Settings

Document = dict[str, Any]
PROGRAM = Path(__file__).parents[3] / "tiny_monitor.py"
ROLE = "arn:aws:iam::000000000000:role/monitoring"
HOURLY = {"ScheduleExpression": "cron(0 * ? * * *)"}
ONCE = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "PT0S"}
CAPTURE = {"EnableCapture": True, "DestinationS3Uri": "s3://bucket/capture/"}


def definition(**members: object) -> Document:
    """An inline job definition whose image stands for tests/tiny_monitor.py."""
    return {
        "BaselineConfig": {"StatisticsResource": {"S3Uri": "s3://bucket/baseline/statistics.json"}},
        "MonitoringInputs": [
            {"EndpointInput": {"EndpointName": "watched", "LocalPath": "/opt/ml/processing/captures"}}
        ],
        "MonitoringOutputConfig": {
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": "s3://bucket/reports/", "LocalPath": "/opt/ml/processing/report"}}
            ]
        },
        "MonitoringResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
        },
        "MonitoringAppSpecification": {"ImageUri": "monitor:1"},
        "RoleArn": ROLE,
        **members,
    }


def config(when: Document, mode: str = "calm", **members: object) -> Document:
    """A MonitoringScheduleConfig; `mode` is what the container is to find."""
    environment = {"MODE": mode, "publish_cloudwatch_metrics": "Enabled"}
    return {
        "ScheduleConfig": when,
        "MonitoringJobDefinition": definition(Environment=environment, **members),
    }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An account that has Model Monitor."""
    return Settings(port=45660, home=tmp_path / "home", existing_customer=True)


@dataclass
class Monitor:
    """Schedules, their executions, and the time."""

    aws: Aws
    api: Any
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 10, 20, tzinfo=UTC))

    def __post_init__(self) -> None:
        self.runner = Runner(self.aws, lambda: self.now)

    def endpoint(self, name: str = "watched", capture: Document | None = None) -> None:
        document = {"EndpointName": name, "EndpointArn": self.aws.arn("endpoint", name), "EndpointStatus": "InService"}
        self.aws.store.put(
            endpoints.KIND, name, {**document, "DataCaptureConfig": CAPTURE if capture is None else capture}
        )

    def captured(self, hour: datetime, answer: str = "[1]", variant: str = "live") -> None:
        """One request that the endpoint captured in an hour."""
        line = {"captureData": {"endpointOutput": {"data": answer}}}
        key = f"capture/watched/{variant}/{hour:%Y/%m/%d/%H}/{hour:%M}-{answer}.jsonl"
        self.aws.clients.s3.put_object(Bucket="bucket", Key=key, Body=json.dumps(line))

    def create(self, name: str = "drift", when: Document | None = None, mode: str = "calm", **members: object) -> None:
        """A schedule that is in effect."""
        self.api(
            "CreateMonitoringSchedule",
            MonitoringScheduleName=name,
            MonitoringScheduleConfig=config(when or HOURLY, mode, **members),
        )
        self.runner.start_due()

    def start_due(self, now: datetime | None = None) -> None:
        """Let the runner look, at a later time, and wait for what it starts."""
        self.now = now or self.now
        self.runner.start_due()
        for execution in self.executions():
            self.aws.tasks.join(execution["Key"], 20)

    def executions(self) -> list[Document]:
        return self.aws.store.all("monitoring-execution")

    def listed(self, **request: object) -> list[Document]:
        found: list[Document] = self.api("ListMonitoringExecutions", **request)["MonitoringExecutionSummaries"]
        return found

    def describe(self, name: str = "drift") -> Document:
        described: Document = self.api("DescribeMonitoringSchedule", MonitoringScheduleName=name)
        return described

    def job(self, execution: Document) -> Document:
        name = execution["ProcessingJobArn"].rsplit("/", 1)[-1]
        described: Document = self.api("DescribeProcessingJob", ProcessingJobName=name)
        return described

    def report(self, folder: str) -> Document:
        body = self.aws.clients.s3.get_object(Bucket="bucket", Key=f"reports/{folder}/report.json")["Body"]
        report: Document = json.loads(body.read())
        return report


@pytest.fixture(scope="session")
def cloudwatch() -> Any:
    with mock_aws():
        return boto3.session.Session("test", "test", region_name="us-east-1").client("cloudwatch")


@pytest.fixture
def monitor(cloud: Aws, cloud_api: Any, cloudwatch: Any) -> Monitor:
    """The endpoint `watched`, its baseline, and no schedule yet."""
    cloud.clients.known["cloudwatch"] = cloudwatch
    (cloud.settings.home / "images.json").write_text(json.dumps({"monitor": [sys.executable, str(PROGRAM)]}))
    cloud.clients.s3.put_object(Bucket="bucket", Key="baseline/statistics.json", Body=b"{}")
    made = Monitor(cloud, cloud_api)
    made.endpoint()
    return made


@dataclass(frozen=True)
class Shapes:
    """The builders, as tests cannot import from here."""

    config: Callable[..., Document] = config
    definition: Callable[..., Document] = definition
    hourly: Document = field(default_factory=lambda: HOURLY)
    once: Document = field(default_factory=lambda: ONCE)


@pytest.fixture(scope="session")
def shapes() -> Shapes:
    return Shapes()
