"""What is closed to an account that is new to SageMaker, and what stays open."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from localaws.errors import AwsError
from localaws.operations import SAGEMAKER
from tests.unit.localaws.monitoring.conftest import HOURLY, config

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api

ROLE = "arn:aws:iam::000000000000:role/pipeline"
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"


def training(**members: object) -> dict[str, Any]:
    return {
        "TrainingJobName": "watched",
        "AlgorithmSpecification": {"TrainingImage": "t:1", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/o"},
        "ResourceConfig": CLUSTER,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        **members,
    }


def processing(image: str) -> dict[str, Any]:
    return {
        "ProcessingJobName": "explained",
        "AppSpecification": {"ImageUri": image},
        "ProcessingResources": {"ClusterConfig": CLUSTER},
        "RoleArn": ROLE,
    }


DEBUGGED = (
    {"DebugHookConfig": {"S3OutputPath": "s3://bucket/d"}},
    {"DebugRuleConfigurations": [{"RuleConfigurationName": "r", "RuleEvaluatorImage": "r:1"}]},
    {"ProfilerConfig": {"S3OutputPath": "s3://bucket/p"}},
    {"ProfilerRuleConfigurations": [{"RuleConfigurationName": "r", "RuleEvaluatorImage": "r:1"}]},
)


def existing(aws: Aws) -> Aws:
    return replace(aws, settings=replace(aws.settings, existing_customer=True))


def test_a_new_account_makes_no_monitoring_schedule(api: Api) -> None:
    code, message = api.refused(
        "CreateMonitoringSchedule", MonitoringScheduleName="drift", MonitoringScheduleConfig=config(HOURLY)
    )
    assert code == "ValidationException"
    assert message == "This operation is in maintenance mode and is not available to new customers."
    assert api("ListMonitoringSchedules")["MonitoringScheduleSummaries"] == []


def test_every_operation_of_model_monitor_that_makes_or_changes_something_is_closed(aws: Aws) -> None:
    changing = [name for name in SAGEMAKER.operations if re.match("(Create|Update)(Monitoring|.*JobDefinition)", name)]
    assert len(changing) == 4
    for name in changing:
        with pytest.raises(AwsError, match="maintenance mode"):
            SAGEMAKER.operations[name].run(aws, {})


def opens(operation: str, request: dict[str, Any]) -> bool:
    return SAGEMAKER.operations[operation].closed(request) is None


def test_a_new_account_runs_no_job_of_clarify_and_one_of_its_own_image(aws: Aws, api: Api) -> None:
    _, message = api.refused("CreateProcessingJob", **processing(CLARIFY))
    assert message == "SageMaker Clarify processing is in maintenance mode and is not available to new customers."
    assert opens("CreateProcessingJob", processing("monitor:1"))
    assert SAGEMAKER.call(existing(aws), "CreateProcessingJob", processing(CLARIFY))


@pytest.mark.parametrize("members", DEBUGGED)
def test_a_new_account_has_no_training_job_that_debugger_watches(aws: Aws, api: Api, members: dict[str, Any]) -> None:
    _, message = api.refused("CreateTrainingJob", **training(**members))
    assert message == "SageMaker Debugger is in maintenance mode and is not available to new customers."
    if any(name.endswith("RuleConfigurations") for name in members):
        with pytest.raises(AwsError, match="does not emulate"):
            SAGEMAKER.call(existing(aws), "CreateTrainingJob", training(**members))
    else:
        assert SAGEMAKER.call(existing(aws), "CreateTrainingJob", training(**members))


def test_a_training_job_without_debugger_is_open() -> None:
    assert opens("CreateTrainingJob", training(ProfilerConfig={"DisableProfiler": True}))
    assert opens("CreateTrainingJob", training(TensorBoardOutputConfig={"S3OutputPath": "s3://bucket/t"}))


def test_a_new_account_has_no_endpoint_that_explains() -> None:
    assert not opens("CreateEndpointConfig", {"ExplainerConfig": {}})
    assert opens("CreateEndpointConfig", {"DataCaptureConfig": {"EnableCapture": True}})
