"""The stack's schedule of EventBridge Scheduler is pointed at the live version's baseline, and enabled once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from refresh_workflow import hourly
from refresh_workflow.monitoring import Monitoring

from common.monitoring import BASELINE_SCHEMA
from pipelines.define import define_monitoring
from pipelines.settings import Settings as Project

BUCKET, NAME = "scones-bucket", "scones-vehicles-drift"
PIPELINE = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/scones-monitoring"
ROLE = "arn:aws:iam::123456789012:role/scones-scheduler"
MONITORED = {
    "MONITORING_BACKEND": "PIPELINE",
    "MONITORING_SCHEDULE_NAME": NAME,
    "MONITORING_ROLE_ARN": "arn:aws:iam::123456789012:role/scones-monitoring",
    "MONITORING_IMAGE_URI": "123456789012.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef",
    "MONITORING_INSTANCE_TYPE": "ml.m5.large",
    "CAPTURE_URI": f"s3://{BUCKET}/data-capture/",
    "REPORTS_URI": f"s3://{BUCKET}/monitoring/reports/",
    "BASELINE_URI": f"s3://{BUCKET}/monitoring/baseline/",
    "GROUND_TRUTH_URI": f"s3://{BUCKET}/ground-truth/",
}
EVIDENCE = {"test_uri": f"s3://{BUCKET}/runs/a/test", "evaluation_uri": f"s3://{BUCKET}/runs/b/evaluation"}
SCHEDULE = {
    "Name": NAME,
    "Description": "Checks for drift",
    "ScheduleExpression": "cron(10 * * * ? *)",
    "ScheduleExpressionTimezone": "UTC",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "State": "DISABLED",
    "Target": {"Arn": PIPELINE, "RoleArn": ROLE, "RetryPolicy": {"MaximumRetryAttempts": 3}},
}
Document = dict[str, Any]


@dataclass
class ModelMonitor:
    """SageMaker's answers about jobs and Model Monitor's schedule; `refusal` is what it says to each deletion."""

    jobs: list[str] = field(default_factory=list)
    schedule: bool = False
    refusal: tuple[str, str] | None = None

    def answer(self, model: Any, params: Document, **_: Any) -> Any:
        method = getattr(self, model.name, None)
        if method is None:
            return None
        try:
            found, status = method(json.loads(params["body"])), 200
        except LookupError as error:
            found, status = {"Error": {"Code": error.args[0], "Message": error.args[1]}}, 400
        http = type("Response", (), {"status_code": status, "headers": {}})()
        return http, {**found, "ResponseMetadata": {}}

    def CreateProcessingJob(self, request: Document) -> Document:
        self.jobs.append(request["ProcessingJobName"])
        return {"ProcessingJobArn": "arn"}

    def DescribeProcessingJob(self, request: Document) -> Document:
        if request["ProcessingJobName"] not in self.jobs:
            raise LookupError("ValidationException", "Requested resource not found.")
        return {"ProcessingJobStatus": "InProgress"}

    def DeleteMonitoringSchedule(self, _: Document) -> Document:
        if self.refusal:
            raise LookupError(*self.refusal)
        if not self.schedule:
            raise LookupError("ResourceNotFound", "No such schedule.")
        self.schedule = False
        return {}


@pytest.fixture
def monitor(world: Any, sdk: Any) -> ModelMonitor:
    made = ModelMonitor()
    sagemaker, scheduler = world.clients.sagemaker, world.clients.scheduler
    sdk.hook(sagemaker, "before-call.sagemaker", made.answer)
    sdk.hook(scheduler, "before-call", world.record)
    world.clients.s3.create_bucket(Bucket=BUCKET)
    sagemaker.create_model_package_group(ModelPackageGroupName="scones-vehicles")
    for _ in range(2):
        sagemaker.create_model_package(
            ModelPackageGroupName="scones-vehicles",
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
                "SupportedContentTypes": ["image/png"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
            CustomerMetadataProperties=EVIDENCE,
        )
    scheduler.create_schedule(**SCHEDULE)
    return made


def schedule(world: Any) -> Document:
    found: Document = world.clients.scheduler.get_schedule(Name=NAME)
    return found


def parameters(world: Any) -> dict[str, str]:
    listed = schedule(world)["Target"]["SageMakerPipelineParameters"]["PipelineParameterList"]
    return {item["Name"]: item["Value"] for item in listed}


def change(world: Any, **changes: object) -> None:
    """Change the schedule as a person or CloudFormation does."""
    found = schedule(world)
    kept = {name: found[name] for name in SCHEDULE}
    world.clients.scheduler.update_schedule(**{**kept, **changes})


def test_the_first_live_version_enables_the_schedule_and_names_its_baseline(world: Any, monitor: ModelMonitor) -> None:
    assert world.refresh(**MONITORED).monitoring == ["baseline", "schedule"]
    found = schedule(world)
    assert found["State"] == "ENABLED"
    assert parameters(world)["BaselineUri"] == f"s3://{BUCKET}/monitoring/baseline/schema-{BASELINE_SCHEMA}/v1"
    assert parameters(world)["ImageUri"] == MONITORED["MONITORING_IMAGE_URI"]
    for name in ("ScheduleExpression", "FlexibleTimeWindow", "Description"):
        assert found[name] == SCHEDULE[name]
    for name in ("Arn", "RoleArn", "RetryPolicy"):
        assert found["Target"][name] == SCHEDULE["Target"][name]


def test_every_parameter_is_one_of_the_pipelines_and_none_is_empty_or_ends_in_a_slash(
    world: Any, monitor: ModelMonitor
) -> None:
    world.refresh(**MONITORED)
    project = Project.from_environment({"SCONES_IMAGE_URI": "registry/scones:1"})
    declared = json.loads(define_monitoring(project))["Parameters"]
    known = {item["Name"]: item.get("DefaultValue") for item in declared}
    assert parameters(world).keys() <= known.keys()
    assert {name for name, default in known.items() if default is None} <= parameters(world).keys()
    assert all(value and not value.endswith("/") for value in parameters(world).values())


def test_nothing_is_changed_where_nothing_is_to_be_changed(world: Any, monitor: ModelMonitor) -> None:
    world.refresh(**MONITORED)
    world.changes()
    assert world.refresh(**MONITORED).monitoring == []
    assert "UpdateSchedule" not in world.changes()


@pytest.mark.parametrize(
    "changes", [{"MONITORING_INSTANCE_TYPE": "ml.m5.xlarge"}, {"MONITORING_IMAGE_URI": "registry.example/scones:2"}]
)
def test_a_stack_that_decides_otherwise_changes_the_parameters(
    changes: dict[str, str], world: Any, monitor: ModelMonitor
) -> None:
    world.refresh(**MONITORED)
    assert world.refresh(**MONITORED | changes).monitoring == ["schedule"]
    assert set(changes.values()) <= set(parameters(world).values())


def test_the_next_version_brings_its_baseline_and_who_disabled_the_schedule_keeps_it_disabled(
    world: Any, monitor: ModelMonitor
) -> None:
    world.refresh(**MONITORED)
    change(world, State="DISABLED")
    world.release(2)
    world.serve(2)
    assert world.refresh(**MONITORED).monitoring == ["baseline", "schedule"]
    assert parameters(world)["BaselineUri"].endswith("/v2")
    assert schedule(world)["State"] == "DISABLED"


def test_a_stack_update_that_put_the_schedule_back_is_repaired(world: Any, monitor: ModelMonitor) -> None:
    world.refresh(**MONITORED)
    change(world, State="DISABLED", Target=SCHEDULE["Target"])
    assert world.refresh(**MONITORED).monitoring == ["schedule"]
    assert schedule(world)["State"] == "ENABLED"
    assert parameters(world)["BaselineUri"].endswith("/v1")


def test_a_stack_without_the_schedule_is_told_so_and_refreshed(world: Any, monitor: ModelMonitor) -> None:
    world.clients.scheduler.delete_schedule(Name=NAME)
    summary = world.refresh(**MONITORED)
    assert summary.published == ["inference", "bulk"]
    assert f"has no schedule {NAME}" in summary.monitoring[1]


def test_a_stack_that_leaves_model_monitor_takes_its_schedule_away(world: Any, monitor: ModelMonitor) -> None:
    monitor.schedule = True
    assert world.refresh(**MONITORED).monitoring[-1] == f"Model Monitor's schedule {NAME} was removed."
    assert not monitor.schedule


CLOSED = "This operation is in maintenance mode and is not available to new customers."


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (("ValidationException", CLOSED), None),
        (("ValidationException", "An execution is in progress."), "is not gone yet: An execution is in progress."),
    ],
)
def test_what_cannot_be_taken_away_now_or_is_closed_keeps_nobody_from_the_rest(
    refusal: tuple[str, str], said: str | None, world: Any, monitor: ModelMonitor
) -> None:
    monitor.refusal = refusal
    begun = world.refresh(**MONITORED).monitoring
    assert begun[:2] == ["baseline", "schedule"]
    assert [said in sentence for sentence in begun[2:]] == ([True] if said else [])


def test_another_refusal_is_raised_as_the_event_is_delivered_again(world: Any, monitor: ModelMonitor) -> None:
    monitor.refusal = ("AccessDeniedException", "no")
    with pytest.raises(ClientError):
        world.refresh(**MONITORED)


def test_the_parameters_keep_to_the_lengths_of_a_jobs_environment(make_settings: Callable[..., Any]) -> None:
    monitoring = Monitoring.from_environment(MONITORED)
    assert monitoring
    listed = hourly.parameters(monitoring, "scones-vehicles", "1")
    assert all(len(item["Value"]) <= 256 for item in listed)
