"""Monitoring schedules on a local AWS of their own: captured requests, a container's verdict, its metric, `kill -9`."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from sagemaker.model_monitor import DatasetFormat, DefaultModelMonitor
from sagemaker.session import Session

from localaws.redirect import NO_TELEMETRY
from tests.e2e.laptop import REPOSITORY, Laptop, free_port

BUCKET = "schedules-of-the-tests"
ROLE = "arn:aws:iam::000000000000:role/monitoring"
STARTER = "arn:aws:iam::000000000000:role/line"
NAMESPACE = "aws/sagemaker/Endpoints/data-metrics"
TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALLOWED = [
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"},
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"},
    {
        "Effect": "Allow",
        "Action": "cloudwatch:PutMetricData",
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
    },
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "*",
    },
]
HOURLY = {"ScheduleExpression": "cron(0 * ? * * *)"}
ONCE = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT0H"}
ENDED = ("Completed", "CompletedWithViolations", "Failed", "Stopped")


@dataclass(frozen=True)
class Monitored:
    """An endpoint that captures, and the schedules that look at it."""

    laptop: Laptop

    @property
    def sagemaker(self) -> Any:
        return self.laptop.client("sagemaker")

    def endpoint(self, name: str) -> None:
        """An endpoint of tests/tiny_server.py that captures all it is asked."""
        container = {"Image": "tiny:1", "Environment": {"VERSION": "1", "SECONDS": "0.01"}}
        self.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {"VariantName": "live", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
            ],
            DataCaptureConfig={
                "EnableCapture": True,
                "InitialSamplingPercentage": 100,
                "DestinationS3Uri": f"s3://{BUCKET}/capture/",
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
            },
        )
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        self.until(
            lambda: self.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"], lambda it: it == "InService"
        )

    def ask(self, endpoint: str) -> None:
        self.laptop.client("sagemaker-runtime").invoke_endpoint(EndpointName=endpoint, Body=b"picture")

    def schedule(self, name: str, endpoint: str, mode: str, when: dict[str, str]) -> None:
        """A schedule whose container is tests/tiny_monitor.py."""
        definition = {
            "BaselineConfig": {"StatisticsResource": {"S3Uri": f"s3://{BUCKET}/baseline/statistics.json"}},
            "MonitoringInputs": [
                {"EndpointInput": {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/captures"}}
            ],
            "MonitoringOutputConfig": {
                "MonitoringOutputs": [
                    {"S3Output": {"S3Uri": f"s3://{BUCKET}/reports/", "LocalPath": "/opt/ml/processing/report"}}
                ]
            },
            "MonitoringResources": {
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
            },
            "MonitoringAppSpecification": {
                "ImageUri": "monitor:1",
                "ContainerEntrypoint": ["python3", str(REPOSITORY / "tests" / "tiny_monitor.py")],
            },
            "Environment": {"MODE": mode, "publish_cloudwatch_metrics": "Enabled"},
            "RoleArn": ROLE,
        }
        config = {"ScheduleConfig": when, "MonitoringJobDefinition": definition}
        self.sagemaker.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config)

    def executions(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.sagemaker.list_monitoring_executions(MonitoringScheduleName=name)[
            "MonitoringExecutionSummaries"
        ]
        return found

    def ended(self, name: str) -> dict[str, Any]:
        """The schedule's only execution, when it has ended."""
        seen = self.until(
            lambda: self.executions(name), lambda them: them and them[0]["MonitoringExecutionStatus"] in ENDED
        )
        assert len(seen) == 1
        execution: dict[str, Any] = seen[0]
        return execution

    def report(self, endpoint: str, execution: dict[str, Any]) -> dict[str, Any]:
        folder = f"{endpoint}/{execution['MonitoringScheduleName']}/{execution['ScheduledTime']:%Y/%m/%d/%H}"
        body = self.laptop.client("s3").get_object(Bucket=BUCKET, Key=f"reports/{folder}/report.json")["Body"]
        report: dict[str, Any] = json.load(body)
        return report

    @staticmethod
    def until(read: Callable[[], Any], holds: Callable[[Any], object], seconds: float = 60) -> Any:
        """Look until something holds, and answer what was seen."""
        deadline = time.monotonic() + seconds
        while not holds(seen := read()):
            assert time.monotonic() < deadline, seen
            time.sleep(0.1)
        return seen


def policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def monitored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitored]:
    """A local AWS of these tests' own, as it is killed."""
    laptop = Laptop(free_port(), tmp_path_factory.mktemp("schedules"), account="existing")
    server = ["python3", str(REPOSITORY / "tests" / "tiny_server.py")]
    (laptop.home / "images.json").write_text(json.dumps({"tiny": server}))
    laptop.scones("up")
    iam = laptop.client("iam")
    iam.create_role(RoleName="monitoring", AssumeRolePolicyDocument=policy([TRUST]))
    iam.put_role_policy(RoleName="monitoring", PolicyName="monitoring", PolicyDocument=policy(ALLOWED))
    # Made now, so that it is saved long before a test kills the local AWS.
    laptop.role("line", "sagemaker", "scheduler", "events", allows=["sagemaker:StartPipelineExecution"])
    laptop.client("s3").create_bucket(Bucket=BUCKET)
    laptop.client("s3").put_object(Bucket=BUCKET, Key="baseline/statistics.json", Body=b'{"features": []}')
    made = Monitored(laptop)
    made.endpoint("watched")
    made.endpoint("silent")
    yield made
    laptop.scones("down", "--wipe")


def test_the_sdk_s_monitor_holds_what_was_captured_against_the_baseline_that_it_suggested(
    monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitored.endpoint("tabled")
    runtime = monitored.laptop.client("sagemaker-runtime")
    for length in (1, 2, 3.5):
        body = json.dumps({"length": length}).encode()
        runtime.invoke_endpoint(EndpointName="tabled", ContentType="application/json", Body=body)
    for name, value in {**monitored.laptop.environment, **NO_TELEMETRY}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    rows = [{"version": "1", "pid": number, "length": number, "gone": "x"} for number in range(20)]
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    monitored.laptop.client("s3").put_object(Bucket=BUCKET, Key="tabled/rows.jsonl", Body=text.encode())
    monitor = DefaultModelMonitor(
        role=ROLE, instance_type="ml.m5.large", sagemaker_session=Session(default_bucket=BUCKET)
    )
    monitor.suggest_baseline(
        baseline_dataset=f"s3://{BUCKET}/tabled/rows.jsonl", dataset_format=DatasetFormat.json(), logs=False
    )
    monitor.create_monitoring_schedule(
        monitor_schedule_name="tabled",
        endpoint_input="tabled",
        output_s3_uri=f"s3://{BUCKET}/reports",
        schedule_cron_expression=ONCE["ScheduleExpression"],
        data_analysis_start_time=ONCE["DataAnalysisStartTime"],
        data_analysis_end_time=ONCE["DataAnalysisEndTime"],
        enable_cloudwatch_metrics=True,
    )
    execution = monitored.ended("tabled")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    violations = monitor.latest_monitoring_constraint_violations().body_dict["violations"]
    assert {(item["constraint_check_type"], item["feature_name"]) for item in violations} == {
        ("missing_column_check", "Missing columns"),
        ("extra_column_check", "Extra columns"),
        ("data_type_check", "length"),
    }
    assert monitor.latest_monitoring_statistics().body_dict["dataset"] == {"item_count": 3}
    metrics = monitored.laptop.client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"]
    assert "feature_baseline_drift_length" in {metric["MetricName"] for metric in metrics}


def test_a_run_sees_a_request_that_was_answered_just_before_and_the_alarm_hears_of_its_violations(
    monitored: Monitored,
) -> None:
    cloudwatch = monitored.laptop.client("cloudwatch")
    monitored.endpoint("counted")
    for endpoint in ("counted", "silent"):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{endpoint}-drift",
            Namespace=NAMESPACE,
            MetricName="drift_violations",
            Dimensions=[{"Name": "Endpoint", "Value": endpoint}],
            Statistic="Maximum",
            Period=3600,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )
    monitored.ask("counted")
    monitored.schedule("drifting", "counted", "violations", ONCE)
    execution = monitored.ended("drifting")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution.get("FailureReason")
    job = monitored.sagemaker.describe_processing_job(
        ProcessingJobName=execution["ProcessingJobArn"].rsplit("/", 1)[-1]
    )
    assert job["ExitMessage"] == "CompletedWithViolations: 3 features have drifted."
    assert job["MonitoringScheduleArn"].endswith("monitoring-schedule/drifting")
    report = monitored.report("counted", execution)
    assert len(report["answers"]) == 1
    assert report["baseline"] == '{"features": []}'
    assert report["environment"]["sagemaker_monitoring_schedule_name"] == "drifting"
    states = monitored.until(
        lambda: {it["AlarmName"]: it["StateValue"] for it in cloudwatch.describe_alarms()["MetricAlarms"]},
        lambda them: them["counted-drift"] == "ALARM",
        seconds=5,
    )
    assert states["silent-drift"] != "ALARM"


def test_a_run_without_violations_is_completed_and_its_metric_is_zero(monitored: Monitored) -> None:
    monitored.ask("watched")
    monitored.schedule("calm", "watched", "calm", ONCE)
    execution = monitored.ended("calm")
    assert execution["MonitoringExecutionStatus"] == "Completed", execution.get("FailureReason")
    now = datetime.now(UTC)
    found = monitored.laptop.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="drift_violations",
        Dimensions=[{"Name": "Endpoint", "Value": "watched"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=7200,
        Statistics=["Minimum"],
    )
    assert [point["Minimum"] for point in found["Datapoints"]] == [0]


def test_a_container_that_fails_fails_its_execution_with_its_words(monitored: Monitored) -> None:
    monitored.ask("watched")
    monitored.schedule("broken", "watched", "broken", ONCE)
    execution = monitored.ended("broken")
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "AlgorithmError: The baseline has no features., exit code: 1"


def test_a_window_without_captures_fails_as_aws_says_it(monitored: Monitored) -> None:
    monitored.schedule("idle", "silent", "calm", ONCE)
    execution = monitored.ended("idle")
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "Job inputs had no data"
    assert "ProcessingJobArn" not in execution


LINE = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Key", "Type": "String", "DefaultValue": "none"}],
    "Steps": [
        {
            "Name": "Say",
            "Type": "Fail",
            "Arguments": {
                "ErrorMessage": {
                    "Std:Join": {"On": " ", "Values": [{"Get": "Parameters.Key"}, {"Get": "Execution.StartDateTime"}]}
                }
            },
        }
    ],
}


@pytest.fixture(scope="module")
def line(monitored: Monitored) -> str:
    """A pipeline that only says what it was started with; its ARN."""
    request = {"PipelineName": "line", "PipelineDefinition": json.dumps(LINE), "RoleArn": STARTER}
    arn: str = monitored.sagemaker.create_pipeline(**request, ClientRequestToken="line" * 8)["PipelineArn"]
    return arn


def said(monitored: Monitored, key: str, count: int) -> list[str]:
    """What the pipeline's executions for a key have said when there are so many, oldest first."""

    def reasons() -> list[str]:
        listed = monitored.sagemaker.list_pipeline_executions(PipelineName="line")["PipelineExecutionSummaries"]
        them = [it.get("PipelineExecutionFailureReason", "") for it in reversed(listed)]
        return [reason for reason in them if f" {key} " in reason]

    found: list[str] = monitored.until(reasons, lambda them: len(them) == count)
    return found


def test_a_schedule_starts_a_pipeline_under_its_role_once_an_hour_also_over_a_kill(
    monitored: Monitored, line: str
) -> None:
    scheduler = monitored.laptop.client("scheduler")
    target = {
        "Arn": line,
        "RoleArn": STARTER,
        "SageMakerPipelineParameters": {"PipelineParameterList": [{"Name": "Key", "Value": "hourly"}]},
    }
    scheduler.create_schedule(
        Name="hourly",
        ScheduleExpression="cron(10 * * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    hour = (datetime.now(UTC) + timedelta(hours=1)).replace(minute=10, second=5, microsecond=0)
    monitored.laptop.move_schedules_clock(hour)
    (reason,) = said(monitored, "hourly", 1)
    assert f"hourly {hour:%Y-%m-%dT%H:10:}" in reason
    os.kill(int((monitored.laptop.home / "localaws.pid").read_text()), signal.SIGKILL)
    monitored.laptop.scones("up")
    monitored.laptop.move_schedules_clock(hour + timedelta(hours=1))
    _, second = said(monitored, "hourly", 2)
    assert f"hourly {hour + timedelta(hours=1):%Y-%m-%dT%H:10:}" in second
    scheduler.delete_schedule(Name="hourly")
    monitored.laptop.move_schedules_clock(None)


def test_a_rule_starts_a_pipeline_under_its_role_with_what_its_event_says(monitored: Monitored, line: str) -> None:
    events = monitored.laptop.client("events")
    events.put_rule(Name="new-data", EventPattern=json.dumps({"source": ["ours"]}))
    target = {
        "Id": "line",
        "Arn": line,
        "RoleArn": STARTER,
        "SageMakerPipelineParameters": {"PipelineParameterList": [{"Name": "Key", "Value": "$.detail.key"}]},
    }
    events.put_targets(Rule="new-data", Targets=[target])
    events.put_events(Entries=[{"Source": "ours", "DetailType": "New", "Detail": json.dumps({"key": "raw/new.tar"})}])
    said(monitored, "raw/new.tar", 1)
    events.remove_targets(Rule="new-data", Ids=["line"])


def test_after_a_kill_the_execution_has_failed_and_the_schedules_are_there(monitored: Monitored) -> None:
    monitored.ask("watched")
    monitored.schedule("hourly", "watched", "calm", HOURLY)
    monitored.schedule("long", "watched", "slow", ONCE)
    monitored.until(
        lambda: monitored.executions("long"),
        lambda them: them and "ProcessingJobArn" in them[0],
    )
    with pytest.raises(ClientError, match="in progress"):
        monitored.sagemaker.delete_monitoring_schedule(MonitoringScheduleName="long")
    os.kill(int((monitored.laptop.home / "localaws.pid").read_text()), signal.SIGKILL)
    monitored.laptop.scones("up")
    execution = monitored.ended("long")
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert "was stopped while this execution ran" in execution["FailureReason"]
    described = monitored.sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
    assert described["MonitoringScheduleStatus"] == "Scheduled"
    monitored.sagemaker.delete_monitoring_schedule(MonitoringScheduleName="long")
    assert monitored.executions("long") == [execution]
