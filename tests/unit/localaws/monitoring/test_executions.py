"""Executions, run whole: what their containers are given, how they end, and which hours are run at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from localaws import recovery
from localaws.errors import AwsError
from localaws.keys import Credentials
from localaws.monitoring.metrics import NAMESPACE
from localaws.monitoring.runner import Runner

if TYPE_CHECKING:
    from tests.unit.localaws.monitoring.conftest import Monitor, Shapes

NAMED = {"MonitoringScheduleName": "drift"}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def test_an_hourly_execution_is_given_the_hour_before_and_no_other(monitor: Monitor) -> None:
    for hour in (9, 10, 11):
        monitor.captured(at(hour, 30), f"[{hour}]")
    monitor.create()
    monitor.start_due(at(11))
    (execution,) = monitor.listed()
    assert execution["MonitoringExecutionStatus"] == "Completed"
    assert datetime.fromtimestamp(execution["ScheduledTime"], UTC) == at(11)
    report = monitor.report("watched/drift/2026/11/24/11")
    assert report["folders"] == ["watched/live/2026/11/24/10"]
    assert report["answers"] == ["[10]"]
    assert monitor.describe()["LastMonitoringExecutionSummary"]["MonitoringExecutionStatus"] == "Completed"


def test_a_container_is_given_what_model_monitor_s_contract_says(monitor: Monitor) -> None:
    monitor.captured(at(10, 30))
    monitor.create()
    monitor.start_due(at(11))
    (execution,) = monitor.listed()
    job = monitor.job(execution)
    assert job["ProcessingJobName"].startswith("model-monitoring-202611241100-")
    assert job["MonitoringScheduleArn"] == monitor.describe()["MonitoringScheduleArn"]
    said = {name: value for name, value in job["Environment"].items() if name != "dataset_format"}
    assert said == {
        "MODE": "calm",
        "baseline_statistics": "/opt/ml/processing/baseline/stats/statistics.json",
        "dataset_source": "/opt/ml/processing/captures",
        "end_time": "2026-11-24T11:00:00Z",
        "output_path": "/opt/ml/processing/report",
        "publish_cloudwatch_metrics": "Enabled",
        "sagemaker_endpoint_name": "watched",
        "sagemaker_monitoring_schedule_name": "drift",
        "start_time": "2026-11-24T10:00:00Z",
    }
    captured = json.loads(job["Environment"]["dataset_format"])["sagemakerCaptureJson"]
    assert captured == {"captureIndexNames": ["endpointInput", "endpointOutput"]}


@pytest.mark.parametrize(
    ("mode", "status", "reason"),
    [
        ("calm", "Completed", None),
        ("violations", "CompletedWithViolations", None),
        ("broken", "Failed", "AlgorithmError: The baseline has no features., exit code: 1"),
    ],
)
def test_an_execution_ends_as_its_container_says(monitor: Monitor, mode: str, status: str, reason: str | None) -> None:
    monitor.captured(at(10, 30))
    monitor.create(mode=mode)
    monitor.start_due(at(11))
    (execution,) = monitor.listed()
    assert (execution["MonitoringExecutionStatus"], execution.get("FailureReason")) == (status, reason)


def test_an_hour_without_captures_fails_as_aws_says_it_and_starts_no_job(monitor: Monitor) -> None:
    monitor.captured(at(8, 30))
    monitor.create()
    monitor.start_due(at(11))
    (execution,) = monitor.listed()
    assert execution["FailureReason"] == "Job inputs had no data"
    assert "ProcessingJobArn" not in execution
    assert monitor.api("ListProcessingJobs")["ProcessingJobSummaries"] == []


def test_an_endpoint_that_is_gone_fails_the_execution_with_a_sentence(monitor: Monitor) -> None:
    monitor.create()
    monitor.aws.store.delete("endpoint", "watched")
    monitor.start_due(at(11))
    assert monitor.listed()[0]["FailureReason"] == "ClientError: The endpoint watched does not exist any more."


def test_all_variants_captures_are_staged(monitor: Monitor) -> None:
    monitor.captured(at(10, 30))
    monitor.captured(at(10, 40), variant="challenger")
    monitor.create()
    monitor.start_due(at(11))
    assert monitor.report("watched/drift/2026/11/24/11")["folders"] == [
        "watched/challenger/2026/11/24/10",
        "watched/live/2026/11/24/10",
    ]


def test_a_metric_is_published_and_a_line_that_is_none_stops_nothing(monitor: Monitor) -> None:
    monitor.captured(at(10, 30))
    monitor.create(mode="violations")
    monitor.start_due(at(11))
    (metric,) = monitor.aws.clients.get("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"]
    assert metric["MetricName"] == "drift_violations"
    assert metric["Dimensions"] == [{"Name": "Endpoint", "Value": "watched"}]


def test_metrics_are_not_published_unless_they_are_enabled(monitor: Monitor, shapes: Shapes) -> None:
    monitor.captured(at(10, 30))
    config = shapes.config(shapes.hourly)
    config["MonitoringJobDefinition"]["Environment"] = {"MODE": "violations"}
    monitor.api("CreateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=config)
    monitor.start_due()
    monitor.start_due(at(11))
    assert monitor.job(monitor.listed()[0])["Environment"]["publish_cloudwatch_metrics"] == "Disabled"
    assert monitor.aws.clients.get("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"] == []


def test_a_role_that_may_not_write_the_metrics_fails_the_execution_with_the_reason(monitor: Monitor) -> None:
    class Authority:
        """Lets a role do all but write metrics."""

        def clients(self, _: str) -> object:
            return monitor.aws.clients

        def check(self, role: str, action: str, _: str, context: dict[str, str]) -> None:
            raise AwsError("AccessDeniedException", f"{role} may not {action} in {context['cloudwatch:namespace']}")

    monitor.captured(at(10, 30))
    monitor.create()
    monitor.aws.clients.credentials = Credentials("role", "secret")
    enforced = replace(monitor.aws, authority=Authority())
    monitor.runner = Runner(enforced, lambda: monitor.now)
    monitor.start_due(at(11))
    (execution,) = monitor.listed()
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert f"may not cloudwatch:PutMetricData in {NAMESPACE}" in execution["FailureReason"]


def test_now_runs_once_over_its_window(monitor: Monitor, shapes: Shapes) -> None:
    monitor.captured(at(9, 30), "[9]")
    monitor.captured(at(10, 5), "[10]")
    monitor.create(when=shapes.once)
    monitor.start_due()
    monitor.start_due(at(13))
    (execution,) = monitor.listed()
    environment = monitor.job(execution)["Environment"]
    assert (environment["start_time"], environment["end_time"]) == ("2026-11-24T09:20:00Z", "2026-11-24T10:20:00Z")
    assert monitor.report("watched/drift/2026/11/24/10")["answers"] == ["[9]", "[10]"]


def test_a_now_schedule_runs_again_when_it_is_updated(monitor: Monitor, shapes: Shapes) -> None:
    monitor.create(when=shapes.once)
    monitor.start_due()
    monitor.api("UpdateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=shapes.config(shapes.once))
    monitor.start_due()
    monitor.start_due()
    assert len(monitor.listed()) == 2


def test_each_hour_runs_once_however_often_somebody_looks(monitor: Monitor) -> None:
    monitor.create()
    for minute in (0, 1, 30, 59):
        monitor.start_due(at(11, minute))
    assert len(monitor.listed()) == 1
    monitor.start_due(at(12))
    assert len(monitor.listed()) == 2


def test_hours_that_nobody_was_there_for_are_left_out(monitor: Monitor) -> None:
    monitor.create()
    monitor.start_due(at(15, 40))
    assert monitor.listed() == []
    monitor.start_due(at(16))
    assert [item["ScheduledTime"] for item in monitor.listed()] == [at(16).timestamp()]


def test_an_hour_that_was_only_just_missed_runs(monitor: Monitor) -> None:
    monitor.create()
    monitor.start_due(at(11, 19))
    assert [item["ScheduledTime"] for item in monitor.listed()] == [at(11).timestamp()]


def test_after_a_kill_what_was_under_way_has_failed_and_the_schedule_goes_on(monitor: Monitor) -> None:
    monitor.create()
    document = {"Key": "drift/1", **NAMED, "ScheduledTime": 1.0, "CreationTime": 1.0, "LastModifiedTime": 1.0}
    for key, status in (("drift/1", "InProgress"), ("drift/2", "Pending"), ("drift/3", "Completed")):
        monitor.aws.store.put(
            "monitoring-execution", key, {**document, "Key": key, "MonitoringExecutionStatus": status}
        )
    recovery.recover(monitor.aws)
    found = {item["Key"]: item for item in monitor.executions()}
    assert "was stopped while this execution ran" in found["drift/1"]["FailureReason"]
    assert found["drift/2"]["MonitoringExecutionStatus"] == "Failed"
    assert found["drift/3"]["MonitoringExecutionStatus"] == "Completed"
    Runner(monitor.aws, lambda: at(11)).start_due()
    assert len(monitor.executions()) == 4


def test_a_schedule_with_something_under_way_cannot_be_deleted_and_its_history_outlives_it(monitor: Monitor) -> None:
    monitor.captured(at(10, 30))
    monitor.create(mode="slow")
    monitor.now = at(11)
    monitor.runner.start_due()
    (execution,) = monitor.executions()
    code, message = monitor.api.refused("DeleteMonitoringSchedule", **NAMED)
    assert (code, "in progress" in message) == ("ValidationException", True)
    while not (arn := monitor.listed()[0].get("ProcessingJobArn")):
        pass
    monitor.api("StopProcessingJob", ProcessingJobName=arn.rsplit("/", 1)[-1])
    monitor.aws.tasks.join(execution["Key"], 20)
    monitor.api("DeleteMonitoringSchedule", **NAMED)
    assert [item["MonitoringExecutionStatus"] for item in monitor.listed(EndpointName="watched")] == ["Stopped"]


def test_executions_are_listed_by_time_and_status(monitor: Monitor) -> None:
    monitor.create()
    for hour in (11, 12, 13):
        monitor.start_due(at(hour))
    since = (at(12) - timedelta(minutes=1)).timestamp()
    listed = monitor.listed(ScheduledTimeAfter=since, SortBy="ScheduledTime", SortOrder="Ascending")
    assert [item["ScheduledTime"] for item in listed] == [at(12).timestamp(), at(13).timestamp()]
    assert len(monitor.listed(StatusEquals="Failed")) == 3
    assert monitor.listed(StatusEquals="Completed") == []
