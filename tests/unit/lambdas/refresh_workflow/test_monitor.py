"""The live version gets its baseline once, and Model Monitor's schedule is made to look at it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from refresh_workflow.errors import RefreshError
from refresh_workflow.monitoring import Monitoring
from refresh_workflow.settings import Settings

from common.environment import SettingsError
from common.monitoring import BASELINE_SCHEMA

BUCKET = "scones-bucket"
MONITORED = {
    "MONITORING_BACKEND": "MODEL_MONITOR",
    "MONITORING_SCHEDULE_NAME": "scones-vehicles-drift",
    "MONITORING_ROLE_ARN": "arn:aws:iam::123456789012:role/scones-monitoring",
    "MONITORING_IMAGE_URI": "123456789012.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef",
    "MONITORING_INSTANCE_TYPE": "ml.m5.large",
    "CAPTURE_URI": f"s3://{BUCKET}/data-capture/",
    "REPORTS_URI": f"s3://{BUCKET}/monitoring/reports/",
    "BASELINE_URI": f"s3://{BUCKET}/monitoring/baseline/",
    "GROUND_TRUTH_URI": f"s3://{BUCKET}/ground-truth/",
    "KMS_KEY_ARN": "",
    "SUBNET_IDS": "",
    "SECURITY_GROUP_IDS": "",
}
GUARDED = {
    "KMS_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/1",
    "SUBNET_IDS": "subnet-1,subnet-2",
    "SECURITY_GROUP_IDS": "sg-1",
}
EVIDENCE = {"test_uri": f"s3://{BUCKET}/runs/a/test", "evaluation_uri": f"s3://{BUCKET}/runs/b/evaluation"}
BEGIN_ALL = ["baseline", "schedule"]
Document = dict[str, Any]


@dataclass
class Jobs:
    """Processing jobs and monitoring schedules, answered as SageMaker does, behind botocore's own validation."""

    jobs: dict[str, Document] = field(default_factory=dict)
    schedules: dict[str, Document] = field(default_factory=dict)
    race: bool = False

    def answer(self, model: Any, params: Document, **_: Any) -> Any:
        method = getattr(self, model.name, None)
        if method is None:
            return None
        try:
            found, status = method(json.loads(params["body"])), 200
        except LookupError as error:
            code, message = error.args
            found, status = {"Error": {"Code": code, "Message": message}}, 400
        http = type("Response", (), {"status_code": status, "headers": {}})()
        return http, {**found, "ResponseMetadata": {}}

    def CreateProcessingJob(self, request: Document) -> Document:
        name = request["ProcessingJobName"]
        if name in self.jobs or self.race:
            raise LookupError("ResourceInUse", "There is a job of this name.")
        self.jobs[name] = request | {"ProcessingJobStatus": "InProgress"}
        return {"ProcessingJobArn": "arn"}

    def DescribeProcessingJob(self, request: Document) -> Document:
        if request["ProcessingJobName"] not in self.jobs:
            raise LookupError("ValidationException", "Requested resource not found.")
        return self.jobs[request["ProcessingJobName"]]

    def CreateMonitoringSchedule(self, request: Document) -> Document:
        self.schedules[request["MonitoringScheduleName"]] = request["MonitoringScheduleConfig"]
        return {"MonitoringScheduleArn": "arn"}

    UpdateMonitoringSchedule = CreateMonitoringSchedule

    def DescribeMonitoringSchedule(self, request: Document) -> Document:
        if request["MonitoringScheduleName"] not in self.schedules:
            raise LookupError("ResourceNotFound", "No such schedule.")
        config = self.schedules[request["MonitoringScheduleName"]]
        return {"MonitoringScheduleConfig": config | {"MonitoringType": "DataQuality"}}


@pytest.fixture
def jobs(world: Any, sdk: Any) -> Jobs:
    jobs = Jobs()
    sagemaker = world.clients.sagemaker
    sdk.hook(sagemaker, "before-call.sagemaker", jobs.answer)
    world.clients.s3.create_bucket(Bucket=BUCKET)
    sagemaker.create_model_package_group(ModelPackageGroupName="scones-vehicles")
    for _ in range(2):
        register(sagemaker, EVIDENCE)
    return jobs


def register(sagemaker: Any, metadata: Document) -> None:
    sagemaker.create_model_package(
        ModelPackageGroupName="scones-vehicles",
        InferenceSpecification={
            "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
            "SupportedContentTypes": ["image/png"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
        CustomerMetadataProperties=metadata,
    )


def finish(world: Any, version: int = 1) -> None:
    """The baseline job is done."""
    key = f"monitoring/baseline/schema-{BASELINE_SCHEMA}/v{version}/constraints.json"
    world.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}")


def test_a_live_version_gets_a_baseline_and_an_hourly_schedule(world: Any, jobs: Jobs) -> None:
    assert world.refresh(**MONITORED).monitoring == BEGIN_ALL
    job = jobs.jobs["scones-vehicles-baseline-s2-v1"]
    sources = {each["InputName"]: each["S3Input"] for each in job["ProcessingInputs"]}
    assert {name: source["S3Uri"] for name, source in sources.items()} == {
        "test": EVIDENCE["test_uri"],
        "evaluation": EVIDENCE["evaluation_uri"],
    }
    assert sources["test"]["LocalPath"] == f"{job['Environment']['dataset_source']}/test"
    (output,) = job["ProcessingOutputConfig"]["Outputs"]
    assert output["S3Output"]["LocalPath"] == job["Environment"]["output_path"]
    assert job["AppSpecification"]["ContainerEntrypoint"] == ["python3", "-m", "monitoring"]
    schedule = jobs.schedules["scones-vehicles-drift"]
    assert schedule["ScheduleConfig"] == {"ScheduleExpression": "cron(0 * ? * * *)"}
    run = schedule["MonitoringJobDefinition"]
    assert run["BaselineConfig"]["ConstraintsResource"]["S3Uri"] == f"{output['S3Output']['S3Uri']}/constraints.json"
    assert run["MonitoringInputs"][0]["EndpointInput"]["EndpointName"] == "scones-vehicles"
    assert run["Environment"]["publish_cloudwatch_metrics"] == "Enabled"
    assert run["StoppingCondition"]["MaxRuntimeInSeconds"] < 3600


def test_while_the_baseline_is_measured_and_when_it_is_there_nothing_is_begun(world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED)
    assert world.refresh(**MONITORED).monitoring == []
    jobs.jobs["scones-vehicles-baseline-s2-v1"]["ProcessingJobStatus"] = "Completed"
    finish(world)
    assert world.refresh(**MONITORED).monitoring == []
    assert len(jobs.jobs) == 1


@pytest.mark.parametrize("status", ["Failed", "Stopped", "Completed"])
def test_a_baseline_that_did_not_come_is_measured_again_under_another_name(status: str, world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED)
    jobs.jobs["scones-vehicles-baseline-s2-v1"]["ProcessingJobStatus"] = status
    assert world.refresh(**MONITORED).monitoring == ["baseline"]
    assert list(jobs.jobs) == ["scones-vehicles-baseline-s2-v1", "scones-vehicles-baseline-s2-v1-2"]


def test_a_baseline_that_fails_again_and_again_is_reported(world: Any, jobs: Jobs) -> None:
    for _ in range(5):
        world.refresh(**MONITORED)
        for job in jobs.jobs.values():
            job["ProcessingJobStatus"] = "Failed"
    with pytest.raises(RefreshError, match="scones-vehicles-baseline-s2-v1 was tried 5 times"):
        world.refresh(**MONITORED)


def test_a_parallel_call_that_was_quicker_is_as_good(world: Any, jobs: Jobs) -> None:
    jobs.race = True
    assert world.refresh(**MONITORED).monitoring == ["schedule"]


def test_the_next_version_has_a_baseline_of_its_own_and_the_schedule_follows(world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED)
    finish(world)
    world.release(2)
    world.serve(2)
    assert world.refresh(**MONITORED).monitoring == BEGIN_ALL
    run = jobs.schedules["scones-vehicles-drift"]["MonitoringJobDefinition"]
    assert run["BaselineConfig"]["StatisticsResource"]["S3Uri"].endswith("/baseline/schema-2/v2/statistics.json")


def test_going_back_to_a_version_needs_no_new_baseline(world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED)
    finish(world)
    world.release(2)
    for version in (2, 1):
        world.serve(version)
        begun = world.refresh(**MONITORED).monitoring
    assert begun == ["schedule"]


def test_a_baseline_of_another_schema_is_not_the_versions_own_and_is_measured_again(
    world: Any, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.refresh(**MONITORED)
    jobs.jobs["scones-vehicles-baseline-s2-v1"]["ProcessingJobStatus"] = "Completed"
    finish(world)
    monkeypatch.setattr("refresh_workflow.baseline.BASELINE_SCHEMA", BASELINE_SCHEMA + 1)
    assert world.refresh(**MONITORED).monitoring == BEGIN_ALL
    run = jobs.schedules["scones-vehicles-drift"]["MonitoringJobDefinition"]
    (output,) = jobs.jobs["scones-vehicles-baseline-s3-v1"]["ProcessingOutputConfig"]["Outputs"]
    assert run["BaselineConfig"]["StatisticsResource"]["S3Uri"] == f"{output['S3Output']['S3Uri']}/statistics.json"


@pytest.mark.parametrize(
    "change", [{"MONITORING_INSTANCE_TYPE": "ml.m5.xlarge"}, {"REPORTS_URI": "s3://other/reports/"}, GUARDED]
)
def test_a_stack_that_decides_otherwise_changes_the_schedule(change: Document, world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED)
    finish(world)
    assert world.refresh(**MONITORED | change).monitoring == ["schedule"]
    assert world.refresh(**MONITORED | change).monitoring == []


def test_no_key_is_asked_for_volumes_on_local_disks_as_aws_refuses_it(world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED | GUARDED | {"MONITORING_INSTANCE_TYPE": "ml.r5d.large"})
    job = jobs.jobs["scones-vehicles-baseline-s2-v1"]
    assert "VolumeKmsKeyId" not in job["ProcessingResources"]["ClusterConfig"]
    assert job["ProcessingOutputConfig"]["KmsKeyId"] == GUARDED["KMS_KEY_ARN"]


def test_key_and_network_reach_job_and_schedule(world: Any, jobs: Jobs) -> None:
    world.refresh(**MONITORED | GUARDED)
    job = jobs.jobs["scones-vehicles-baseline-s2-v1"]
    run = jobs.schedules["scones-vehicles-drift"]["MonitoringJobDefinition"]
    assert job["ProcessingResources"] == run["MonitoringResources"]
    assert run["MonitoringResources"]["ClusterConfig"]["VolumeKmsKeyId"] == GUARDED["KMS_KEY_ARN"]
    assert job["ProcessingOutputConfig"]["KmsKeyId"] == GUARDED["KMS_KEY_ARN"]
    assert run["MonitoringOutputConfig"]["KmsKeyId"] == GUARDED["KMS_KEY_ARN"]
    assert run["NetworkConfig"]["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}


def test_names_and_limits_keep_to_awss_rules(world: Any, jobs: Jobs, sdk: Any) -> None:
    import re

    world.refresh(**MONITORED | GUARDED)
    model = sdk.client("sagemaker").meta.service_model
    run = jobs.schedules["scones-vehicles-drift"]["MonitoringJobDefinition"]
    shape = model.shape_for("MonitoringJobDefinition")
    assert run["MonitoringResources"]["ClusterConfig"]["InstanceType"] in model.shape_for("ProcessingInstanceType").enum
    assert re.fullmatch(shape.members["RoleArn"].metadata["pattern"], run["RoleArn"])
    longest = "e" * 41 + f"-baseline-s{BASELINE_SCHEMA}-v99999-5"
    assert re.fullmatch(model.shape_for("ProcessingJobName").metadata["pattern"], longest)


def test_a_version_that_does_not_tell_where_its_images_lie_is_not_monitored(world: Any, jobs: Jobs) -> None:
    register(world.clients.sagemaker, {"commit": "f00d"})
    world.release(3)
    world.serve(3)
    (sentence,) = world.refresh(**MONITORED).monitoring
    assert sentence.startswith("Version 3 does not say where its test images lie")
    assert (jobs.jobs, jobs.schedules) == ({}, {})


@pytest.mark.usefixtures("jobs")
def test_a_stack_whose_image_was_not_built_yet_is_refreshed_without_monitoring_and_says_so(world: Any) -> None:
    summary = world.refresh()
    assert summary.published == ["inference", "bulk"]
    assert summary.monitoring == [
        "No container image was built yet, so nothing is monitored; push the code, or deploy with ImageUri."
    ]


def test_monitoring_that_fails_keeps_nobody_from_the_workflow(world: Any, jobs: Jobs) -> None:
    def refuse(_: Document) -> Document:
        raise LookupError("AccessDeniedException", "no")

    jobs.CreateMonitoringSchedule = refuse  # type: ignore[method-assign]
    with pytest.raises(ClientError):
        world.refresh(**MONITORED)
    assert len(world.states.aliases) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SUBNET_IDS": "s-1"}, "belong together"),
        ({"MONITORING_ROLE_ARN": "scones-monitoring"}, "must be an ARN"),
        ({"BASELINE_URI": "/tmp/baseline"}, "must be an address"),
        ({"MONITORING_SCHEDULE_NAME": ""}, "MONITORING_SCHEDULE_NAME is not set"),
        ({"MONITORING_BACKEND": "CLARIFY"}, "must be one of PIPELINE, MODEL_MONITOR"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, str], words: str, make_settings: Callable[..., Settings]) -> None:
    with pytest.raises(SettingsError, match=words):
        make_settings(**MONITORED | changes)


def test_addresses_may_come_with_or_without_their_last_slash() -> None:
    monitoring = Monitoring.from_environment(MONITORED | {"BASELINE_URI": "s3://b/baseline"})
    assert monitoring is not None
    assert monitoring.baseline_uri == "s3://b/baseline/"


@pytest.mark.parametrize("operation", ["DescribeMonitoringSchedule", "CreateMonitoringSchedule"])
def test_an_account_to_which_model_monitor_is_closed_is_told_so_and_the_refresh_goes_on(
    operation: str, world: Any, jobs: Jobs
) -> None:
    def refuse(_: Document) -> Document:
        words = "This operation is in maintenance mode and is not available to new customers."
        raise LookupError("ValidationException", words)

    setattr(jobs, operation, refuse)
    summary = world.refresh(**MONITORED)
    assert summary.published == ["inference", "bulk"]
    assert summary.monitoring[0] == "baseline"
    assert "closed to this account" in summary.monitoring[1]
    assert "MonitoringBackend=PIPELINE" in summary.monitoring[1]
