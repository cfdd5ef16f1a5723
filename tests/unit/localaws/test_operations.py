"""Which actions and resources an operation needs, held against AWS's service authorization reference."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.iam.checks import Check
from localaws.operations import AUTOSCALING, CODEBUILD, CODECOMMIT, METRICS, SAGEMAKER, SCHEDULER, TAGGING, Service
from localaws.shapes import service_model

Reference = Mapping[str, Mapping[str, Any]]
ROLE = "arn:aws:iam::000000000000:role/job"
ARN = "arn:aws:sagemaker:us-east-1:000000000000:"
PROJECT = "arn:aws:codebuild:us-east-1:000000000000:project/one"
REPOSITORY = "arn:aws:codecommit:us-east-1:000000000000:one"
# Every member that may name a resource; a request has those that its operation knows.
EVERYTHING: dict[str, Any] = {
    "ActionName": "One",
    "ArtifactArn": f"{ARN}artifact/one",
    "ContextName": "One",
    "DestinationArn": f"{ARN}artifact/one",
    "Source": {"SourceUri": "s3://bucket/one"},
    "SourceArn": f"{ARN}action/one",
    "EndpointConfigName": "One",
    "ExperimentName": "One",
    "TrialComponentName": "One",
    "TrialName": "One",
    "EndpointName": "One",
    "HyperParameterTuningJobName": "One",
    "JobDefinitionName": "One",
    "ImageName": "One",
    "ModelName": "One",
    "ModelPackageArn": f"{ARN}model-package/One/1",
    "ModelPackageArnList": [f"{ARN}model-package/One/1"],
    "ModelPackageGroupName": "One",
    "ModelPackageName": f"{ARN}model-package/One/1",
    "MonitoringScheduleName": "One",
    "PipelineArn": f"{ARN}pipeline/One",
    "PipelineExecutionArn": f"{ARN}pipeline/One/execution/a",
    "PipelineName": "One",
    "ProcessingJobName": "One",
    "ProjectName": "One",
    "ResourceArn": f"{ARN}endpoint/one",
    "ResourceId": "endpoint/one/variant/live",
    "TrainingJobName": "One",
    "TransformJobName": "One",
}
# Actions that are younger than parliament, as AWS's page has them:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
YOUNGER = {
    "DeleteProcessingJob": "processing-job*",
    "DeleteTrainingJob": "training-job*",
    "ListPipelineVersions": "pipeline*",
    "UpdatePipelineVersion": "pipeline*",
}
# What the reference names for all requests, of which each names some or none.
_LINEAGE = {"action", "artifact", "context", "experiment", "experiment-trial-component"}
UNNAMED = {
    "AddAssociation": _LINEAGE,
    "DeleteAssociation": _LINEAGE,
    "DisassociateTrialComponent": {"processing-job"},
}


@pytest.fixture(scope="module")
def reference() -> Reference:
    """AWS's reference, as parliament ships it: per service its actions and their resource types."""
    found = find_spec("parliament")
    assert found
    assert found.origin
    services = json.loads((Path(found.origin).parent / "iam_definition.json").read_text(encoding="utf-8"))
    wanted = ("sagemaker", "application-autoscaling", "codebuild", "codecommit", "scheduler", "tag")
    return {
        one["prefix"]: {item["privilege"]: item for item in one["privileges"]}
        for one in services
        if one["prefix"] in wanted
    }


Needed = Callable[[Service, str, Mapping[str, Any]], list[Check]]


@pytest.fixture
def needed(aws: Aws) -> Needed:
    """All that an operation asks policies about a request."""
    return lambda service, operation, request: list(service.operations[operation].permissions(aws, dict(request)))


def asked(operation: str) -> dict[str, Any]:
    shape = service_model().operation_model(operation).input_shape
    return {name: value for name, value in EVERYTHING.items() if shape and name in shape.members}


@pytest.mark.parametrize("operation", sorted(SAGEMAKER.operations))
def test_an_operation_asks_for_its_own_action_on_the_resources_that_aws_names(
    needed: Needed, reference: Reference, operation: str
) -> None:
    known = reference["sagemaker"].get(operation, {"resource_types": [{"resource_type": YOUNGER.get(operation, "")}]})
    kinds = {item["resource_type"] for item in known["resource_types"] if item["resource_type"]}
    own = [one for one in needed(SAGEMAKER, operation, asked(operation)) if one.action == f"sagemaker:{operation}"]
    asked_kinds = {one.resource.removeprefix(ARN).partition("/")[0] for one in own}
    names = {"pipeline" if kind == "pipeline-execution" else kind for kind in (kind.strip("*") for kind in kinds)}
    required = {kind.strip("*") for kind in kinds if kind.endswith("*")} - {"pipeline-execution"}
    assert asked_kinds - {"*"} <= names
    assert required - UNNAMED.get(operation, set()) <= asked_kinds
    assert own


@pytest.mark.parametrize("operation", sorted(AUTOSCALING.operations))
def test_scaling_asks_for_targets_where_aws_does(needed: Needed, reference: Reference, operation: str) -> None:
    known = reference["application-autoscaling"][operation]
    named = any(item["resource_type"].startswith("ScalableTarget") for item in known["resource_types"])
    (own,) = needed(AUTOSCALING, operation, EVERYTHING)
    assert own.action == f"application-autoscaling:{operation}"
    assert own.resource.endswith(":scalable-target/one-live") if named else own.resource == "*"


@pytest.mark.parametrize(
    ("service", "request_", "arn"),
    [
        (CODEBUILD, {"name": "one", "projectName": "one", "id": "one:1", "ids": ["one:1"], "names": ["one"]}, PROJECT),
        (CODECOMMIT, {"repositoryName": "one", "targets": [{"repositoryName": "one"}]}, REPOSITORY),
    ],
)
def test_builds_and_repositories_are_asked_about_where_aws_does(
    needed: Needed, reference: Reference, service: Service, request_: Mapping[str, Any], arn: str
) -> None:
    for operation in service.operations:
        shape = service_model(service.name).operation_model(operation).input_shape
        request = {name: value for name, value in request_.items() if shape and name in shape.members}
        # What a pull request is of, its service looks up.
        request |= request_ if shape and "pullRequestId" in shape.members else {}
        named = any(item["resource_type"] for item in reference[service.name][operation]["resource_types"])
        found = needed(service, operation, request)
        assert {one.action for one in found} == {f"{service.name}:{operation}"}, operation
        assert {one.resource for one in found} == {arn if named else "*"}, operation


def test_builds_are_asked_about_by_their_projects_and_a_projects_role_must_be_passed(needed: Needed) -> None:
    build = "arn:aws:codebuild:us-east-1:000000000000:build/two:1"
    found = needed(CODEBUILD, "BatchGetBuilds", {"ids": ["one:1", "one:2", build]})
    assert [one.resource for one in found] == [PROJECT, PROJECT.replace("one", "two")]
    created = needed(CODEBUILD, "CreateProject", {"name": "one", "serviceRole": ROLE})
    passed = Check("iam:PassRole", ROLE, {"iam:PassedToService": "codebuild.amazonaws.com"})
    assert created == [Check("codebuild:CreateProject", PROJECT), passed]


@pytest.mark.parametrize("operation", sorted(SCHEDULER.operations))
def test_scheduler_asks_for_schedules_and_groups_where_aws_does(
    needed: Needed, reference: Reference, operation: str
) -> None:
    known = reference["scheduler"][operation]
    kinds = {item["resource_type"].strip("*") for item in known["resource_types"]} - {""}
    place = "arn:aws:scheduler:us-east-1:000000000000:"
    request = {"Name": "One", "GroupName": "ours"} if kinds else {"GroupName": "ours"}
    if "tag" in operation.lower():
        request = {"ResourceArn": f"{place}schedule-group/One"}
    (own,) = needed(SCHEDULER, operation, request)
    assert own.action == f"scheduler:{operation}"
    places = {"schedule": "schedule/ours/One", "schedule-group": "schedule-group/One"}
    assert own.resource == (place + places[kinds.pop()] if kinds else "*")


@pytest.mark.parametrize("operation", sorted(METRICS.operations))
def test_metrics_are_asked_about_by_their_components_as_actions_of_sagemaker(needed: Needed, operation: str) -> None:
    arn = f"{ARN}experiment-trial-component/one"
    (own,) = needed(METRICS, operation, {"TrialComponentName": "One", "MetricQueries": [{"ResourceArn": arn}]})
    assert own == Check(f"sagemaker:{operation}", arn, {})


@pytest.mark.parametrize("operation", sorted(TAGGING.operations))
def test_tagging_asks_for_actions_of_its_own(needed: Needed, reference: Reference, operation: str) -> None:
    assert operation in reference["tag"]
    (own,) = needed(TAGGING, operation, {"Tags": {"a": "b"}, "ResourceARNList": [f"{ARN}model/one"]})
    assert (own.action, own.resource) == (f"tag:{operation}", "*")


def test_the_role_of_a_schedules_target_must_be_passed_to_scheduler(needed: Needed) -> None:
    request = {"Name": "One", "Target": {"Arn": "a", "RoleArn": ROLE}}
    own, passed = needed(SCHEDULER, "UpdateSchedule", request)
    assert own.resource == "arn:aws:scheduler:us-east-1:000000000000:schedule/default/One"
    assert passed == Check("iam:PassRole", ROLE, {"iam:PassedToService": "scheduler.amazonaws.com"})


def test_a_role_that_is_handed_over_must_be_passed_to_sagemaker(needed: Needed) -> None:
    found = needed(SAGEMAKER, "CreateProcessingJob", {"ProcessingJobName": "One", "RoleArn": ROLE})
    passed = Check("iam:PassRole", ROLE, {"iam:PassedToService": "sagemaker.amazonaws.com"})
    assert found == [Check("sagemaker:CreateProcessingJob", f"{ARN}processing-job/one"), passed]


def test_tags_are_a_permission_of_their_own_and_known_to_conditions(needed: Needed) -> None:
    request = {"ModelName": "One", "Tags": [{"Key": "project", "Value": "scones"}]}
    create, add = needed(SAGEMAKER, "CreateModel", request)
    assert (add.action, add.resource) == ("sagemaker:AddTags", create.resource)
    assert create.context == {"aws:RequestTag/project": "scones", "aws:TagKeys": ["project"]}
