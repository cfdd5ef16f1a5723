"""Job definitions that schedules name, for data quality and for model quality."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from localaws.operations import SAGEMAKER
from localaws.records.jobs import PROCESSING

if TYPE_CHECKING:
    from tests.unit.localaws.monitoring.conftest import Monitor, Shapes

KINDS = ("DataQuality", "ModelQuality")


def request(shapes: Shapes, kind: str, **application: object) -> dict[str, Any]:
    """The request that stores what `shapes.definition` says inline."""
    inline = shapes.definition()
    source = inline["MonitoringInputs"][0]
    if kind == "ModelQuality":
        source = {**source, "GroundTruthS3Input": {"S3Uri": "s3://bucket/truth"}}
    return {
        "JobDefinitionName": "quality",
        f"{kind}AppSpecification": {
            **inline["MonitoringAppSpecification"],
            "Environment": {"MODE": "calm"},
            **application,
        },
        f"{kind}JobInput": source,
        f"{kind}JobOutputConfig": inline["MonitoringOutputConfig"],
        f"{kind}BaselineConfig": inline["BaselineConfig"] if kind == "DataQuality" else {},
        "JobResources": inline["MonitoringResources"],
        "RoleArn": inline["RoleArn"],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_is_described_listed_and_deleted(monitor: Monitor, shapes: Shapes, kind: str) -> None:
    made = request(shapes, kind)
    arn = monitor.api(f"Create{kind}JobDefinition", **made)["JobDefinitionArn"]
    assert monitor.api.refused(f"Create{kind}JobDefinition", **made)[0] == "ResourceInUse"
    described = monitor.api(f"Describe{kind}JobDefinition", JobDefinitionName="quality")
    assert described[f"{kind}JobInput"] == made[f"{kind}JobInput"]
    (listed,) = monitor.api(f"List{kind}JobDefinitions", EndpointName="watched")["JobDefinitionSummaries"]
    assert listed["MonitoringJobDefinitionArn"] == arn
    monitor.api(f"Delete{kind}JobDefinition", JobDefinitionName="quality")
    assert monitor.api.refused(f"Describe{kind}JobDefinition", JobDefinitionName="quality")[0] == "ResourceNotFound"


def schedule(monitor: Monitor, shapes: Shapes, kind: str) -> None:
    config = {
        "ScheduleConfig": shapes.hourly,
        "MonitoringJobDefinitionName": "quality",
        "MonitoringType": kind,
    }
    monitor.api("CreateMonitoringSchedule", MonitoringScheduleName="drift", MonitoringScheduleConfig=config)
    monitor.start_due()


def test_a_schedule_runs_the_definition_that_it_names(monitor: Monitor, shapes: Shapes) -> None:
    monitor.captured(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    monitor.api("CreateDataQualityJobDefinition", **request(shapes, "DataQuality"))
    schedule(monitor, shapes, "DataQuality")
    monitor.start_due(datetime(2026, 11, 24, 11, tzinfo=UTC))
    (execution,) = monitor.listed(MonitoringJobDefinitionName="quality")
    assert execution["MonitoringExecutionStatus"] == "Completed"
    assert monitor.describe()["MonitoringType"] == "DataQuality"


def test_a_model_quality_run_is_given_the_labels_of_its_hours(monitor: Monitor, shapes: Shapes) -> None:
    monitor.captured(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    monitor.aws.clients.s3.put_object(Bucket="bucket", Key="truth/2026/11/24/10/labels.jsonl", Body=b"{}")
    monitor.api("CreateModelQualityJobDefinition", **request(shapes, "ModelQuality"))
    schedule(monitor, shapes, "ModelQuality")
    monitor.start_due(datetime(2026, 11, 24, 11, tzinfo=UTC))
    job = monitor.job(monitor.listed(MonitoringTypeEquals="ModelQuality")[0])
    assert job["Environment"]["ground_truth_source"] == "/opt/ml/processing/groundtruth"
    staged = {item["S3Input"]["S3Uri"]: item["S3Input"]["LocalPath"] for item in job["ProcessingInputs"]}
    assert staged["s3://bucket/truth/2026/11/24/10"] == "/opt/ml/processing/groundtruth/2026/11/24/10"


def test_a_model_quality_run_is_told_its_problem(monitor: Monitor, shapes: Shapes) -> None:
    monitor.captured(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    monitor.aws.clients.s3.put_object(Bucket="bucket", Key="truth/2026/11/24/10/labels.jsonl", Body=b"{}")
    monitor.api("CreateModelQualityJobDefinition", **request(shapes, "ModelQuality", ProblemType="Regression"))
    schedule(monitor, shapes, "ModelQuality")
    monitor.start_due(datetime(2026, 11, 24, 11, tzinfo=UTC))
    environment = monitor.job(monitor.listed()[0])["Environment"]
    assert environment["analysis_type"] == "MODEL_QUALITY"
    assert environment["problem_type"] == "Regression"


def test_the_files_of_a_baselining_job_are_the_baseline_where_no_other_is_named(
    monitor: Monitor, shapes: Shapes
) -> None:
    monitor.captured(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    made = request(shapes, "DataQuality")
    statistics = {"S3Uri": "s3://bucket/own/statistics.json"}
    made["DataQualityBaselineConfig"] = {"BaseliningJobName": "baselining", "StatisticsResource": statistics}
    refused = monitor.api.refused("CreateDataQualityJobDefinition", **made)
    assert refused == ("ValidationException", "The baselining job baselining does not exist.")
    output = {"S3Uri": "s3://bucket/results/", "LocalPath": "/opt/ml/processing/output"}
    job = {
        "ProcessingJobName": "baselining",
        "ProcessingJobStatus": "Completed",
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "monitoring_output", "S3Output": output}]},
    }
    monitor.aws.store.put(PROCESSING.noun, "baselining", job)
    monitor.api("CreateDataQualityJobDefinition", **made)
    schedule(monitor, shapes, "DataQuality")
    monitor.start_due(datetime(2026, 11, 24, 11, tzinfo=UTC))
    job = monitor.job(monitor.listed()[0])
    staged = {item["InputName"]: item["S3Input"]["S3Uri"] for item in job["ProcessingInputs"]}
    assert staged["constraints"] == "s3://bucket/results/constraints.json"
    assert staged["baseline"] == statistics["S3Uri"]


@pytest.mark.parametrize("mode", ["EndOfJob", "Continuous"])
def test_reports_are_uploaded_at_the_end_whatever_the_mode(monitor: Monitor, shapes: Shapes, mode: str) -> None:
    monitor.captured(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    made = request(shapes, "DataQuality")
    made["DataQualityJobOutputConfig"]["MonitoringOutputs"][0]["S3Output"]["S3UploadMode"] = mode
    monitor.api("CreateDataQualityJobDefinition", **made)
    schedule(monitor, shapes, "DataQuality")
    monitor.start_due(datetime(2026, 11, 24, 11, tzinfo=UTC))
    assert monitor.listed()[0]["MonitoringExecutionStatus"] == "Completed"


def test_aws_s_own_image_measures_no_model_unless_it_is_mapped(monitor: Monitor, shapes: Shapes) -> None:
    image = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
    made = request(shapes, "ModelQuality", ImageUri=image)
    code, sentence = monitor.api.refused("CreateModelQualityJobDefinition", **made)
    assert code == "ValidationException"
    assert "does not merge captures with their ground truth" in sentence
    monitor.aws.settings.home.joinpath("images.json").write_text('{"sagemaker-model-monitor-analyzer": ["python3"]}')
    monitor.api("CreateModelQualityJobDefinition", **made)


@pytest.mark.parametrize(("kind", "noun"), [("DataQuality", "data-quality"), ("ModelQuality", "model-quality")])
def test_a_policy_is_asked_about_the_definition_s_own_arn(monitor: Monitor, kind: str, noun: str) -> None:
    request = {"JobDefinitionName": "Quality"}
    (check,) = SAGEMAKER.operations[f"Delete{kind}JobDefinition"].permissions(monitor.aws, request)
    assert check.resource == monitor.aws.arn(f"{noun}-job-definition", "quality")


def test_a_schedule_whose_definition_was_deleted_fails_with_a_sentence(monitor: Monitor, shapes: Shapes) -> None:
    monitor.api("CreateDataQualityJobDefinition", **request(shapes, "DataQuality"))
    schedule(monitor, shapes, "DataQuality")
    monitor.api("DeleteDataQualityJobDefinition", JobDefinitionName="quality")
    monitor.start_due(datetime(2026, 11, 24, 11, tzinfo=UTC))
    assert "The job definition quality does not exist any more." in monitor.listed()[0]["FailureReason"]
