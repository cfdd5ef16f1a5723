"""The API of schedules: what it stores, what it refuses, and how a schedule's status changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localaws.clock import at

if TYPE_CHECKING:
    from tests.unit.localaws.monitoring.conftest import Monitor, Shapes

NAMED = {"MonitoringScheduleName": "drift"}


def test_a_schedule_is_pending_until_the_runner_has_seen_it(monitor: Monitor, shapes: Shapes) -> None:
    monitor.api("CreateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=shapes.config(shapes.hourly))
    assert monitor.describe()["MonitoringScheduleStatus"] == "Pending"
    code, message = monitor.api.refused("DeleteMonitoringSchedule", **NAMED)
    assert (code, "status Pending" in message) == ("ValidationException", True)
    monitor.runner.start_due()
    assert monitor.describe()["MonitoringScheduleStatus"] == "Scheduled"


def test_a_schedule_is_described_as_it_was_created(monitor: Monitor, shapes: Shapes) -> None:
    monitor.create(when=shapes.hourly)
    described = monitor.describe()
    assert described["MonitoringScheduleConfig"] == shapes.config(shapes.hourly)
    assert described["EndpointName"] == "watched"
    assert described["MonitoringType"] == "DataQuality"
    assert "LastMonitoringExecutionSummary" not in described


def test_a_second_schedule_of_a_name_is_refused(monitor: Monitor, shapes: Shapes) -> None:
    monitor.create()
    code, _ = monitor.api.refused(
        "CreateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=shapes.config(shapes.hourly)
    )
    assert code == "ResourceInUse"


@pytest.mark.parametrize("operation", ["Describe", "Delete", "Start", "Stop"])
def test_a_schedule_that_is_not_there_is_not_found(monitor: Monitor, operation: str) -> None:
    assert monitor.api.refused(f"{operation}MonitoringSchedule", **NAMED)[0] == "ResourceNotFound"


def test_an_endpoint_that_captures_nothing_cannot_be_monitored(monitor: Monitor, shapes: Shapes) -> None:
    monitor.endpoint(capture={})
    code, message = monitor.api.refused(
        "CreateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=shapes.config(shapes.hourly)
    )
    assert (code, "Data capture is not enabled" in message) == ("ValidationException", True)


def test_an_endpoint_that_is_not_there_cannot_be_monitored(monitor: Monitor, shapes: Shapes) -> None:
    inputs = [{"EndpointInput": {"EndpointName": "nobody", "LocalPath": "/opt/ml/processing/captures"}}]
    config = shapes.config(shapes.hourly, MonitoringInputs=inputs)
    assert "Could not find endpoint" in refusal(monitor, config)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"MonitoringType": "DataQuality"}, "Give either MonitoringJobDefinition"),
        ({"MonitoringJobDefinitionName": "gone", "MonitoringType": "DataQuality"}, "does not exist"),
        ({"MonitoringJobDefinitionName": "gone"}, "together with MonitoringType"),
        ({"MonitoringJobDefinitionName": "gone", "MonitoringType": "ModelBias"}, "cannot run on the local AWS"),
    ],
)
def test_a_schedule_needs_a_definition_that_can_run(monitor: Monitor, members: dict[str, str], said: str) -> None:
    assert said in refusal(monitor, members)


@pytest.mark.parametrize("script", ["RecordPreprocessorSourceUri", "PostAnalyticsProcessorSourceUri"])
def test_scripts_of_the_analyzer_s_image_are_refused(monitor: Monitor, shapes: Shapes, script: str) -> None:
    application = {"ImageUri": "monitor:1", script: "s3://bucket/script.py"}
    said = refusal(monitor, shapes.config(shapes.hourly, MonitoringAppSpecification=application))
    assert "does not emulate" in said
    assert script in said


def test_paths_outside_of_processing_are_refused(monitor: Monitor, shapes: Shapes) -> None:
    inputs = [{"EndpointInput": {"EndpointName": "watched", "LocalPath": "/opt/ml/input"}}]
    assert "below /opt/ml/processing/" in refusal(monitor, shapes.config(shapes.hourly, MonitoringInputs=inputs))


def test_a_transform_job_s_captures_are_refused(monitor: Monitor, shapes: Shapes) -> None:
    batch = {
        "DataCapturedDestinationS3Uri": "s3://b",
        "DatasetFormat": {"Json": {"Line": True}},
        "LocalPath": "/opt/ml/processing/captures",
    }
    config = shapes.config(shapes.hourly, MonitoringInputs=[{"BatchTransformInput": batch}])
    assert "does not emulate MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringInputs.Batch" in refusal(
        monitor, config
    )


def test_stop_and_start_change_the_status_and_the_next_due_time(monitor: Monitor) -> None:
    monitor.create()
    monitor.api("StopMonitoringSchedule", **NAMED)
    monitor.start_due()
    assert monitor.describe()["MonitoringScheduleStatus"] == "Stopped"
    monitor.start_due(monitor.now.replace(hour=12))
    assert monitor.executions() == []
    monitor.api("StartMonitoringSchedule", **NAMED)
    monitor.start_due()
    assert monitor.describe()["MonitoringScheduleStatus"] == "Scheduled"
    assert at(monitor.aws.store.get("monitoring-schedule", "drift")["NextTime"]).hour == 13


def test_an_update_replaces_the_configuration_and_leaves_a_stopped_schedule_stopped(
    monitor: Monitor, shapes: Shapes
) -> None:
    monitor.create()
    monitor.api("StopMonitoringSchedule", **NAMED)
    monitor.start_due()
    config = shapes.config({"ScheduleExpression": "cron(0 6 ? * * *)"})
    monitor.api("UpdateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=config)
    monitor.start_due()
    described = monitor.describe()
    assert described["MonitoringScheduleConfig"] == config
    assert described["MonitoringScheduleStatus"] == "Stopped"


def test_schedules_are_listed_by_endpoint_and_status(monitor: Monitor) -> None:
    monitor.create("one")
    monitor.create("two")
    monitor.api("StopMonitoringSchedule", MonitoringScheduleName="two")
    monitor.start_due()

    def names(**request: object) -> list[str]:
        listed = monitor.api("ListMonitoringSchedules", **request)["MonitoringScheduleSummaries"]
        return [item["MonitoringScheduleName"] for item in listed]

    assert names(EndpointName="watched", SortBy="Name", SortOrder="Ascending") == ["one", "two"]
    assert names(StatusEquals="Stopped") == ["two"]
    assert names(EndpointName="another") == []


def test_a_deleted_schedule_takes_its_tags_along(monitor: Monitor, shapes: Shapes) -> None:
    arn = monitor.api(
        "CreateMonitoringSchedule",
        **NAMED,
        MonitoringScheduleConfig=shapes.config(shapes.hourly),
        Tags=[{"Key": "project", "Value": "scones"}],
    )["MonitoringScheduleArn"]
    monitor.start_due()
    monitor.api("DeleteMonitoringSchedule", **NAMED)
    assert monitor.api.refused("DescribeMonitoringSchedule", **NAMED)[0] == "ResourceNotFound"
    assert f"{arn} does not exist" in monitor.api.refused("ListTags", ResourceArn=arn)[1]


def refusal(monitor: Monitor, config: dict[str, Any]) -> str:
    """The sentence with which a configuration is refused as invalid."""
    code, message = monitor.api.refused("CreateMonitoringSchedule", **NAMED, MonitoringScheduleConfig=config)
    assert code == "ValidationException"
    sentence: str = message
    return sentence
