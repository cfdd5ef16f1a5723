"""Which actions and resources an operation needs, held against AWS's service authorization reference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from localaws.autoscaling.service import AUTOSCALING
from localaws.iam.actions import Check, checks
from localaws.sagemaker.service import OPERATIONS
from localaws.settings import Settings

ROLE = "arn:aws:iam::000000000000:role/job"
ARN = "arn:aws:sagemaker:us-east-1:000000000000:"
# Every member that may name a resource; a request has those that its operation knows.
EVERYTHING = {
    "EndpointConfigName": "One",
    "EndpointName": "One",
    "HyperParameterTuningJobName": "One",
    "JobDefinitionName": "One",
    "ModelName": "One",
    "ModelPackageArn": f"{ARN}model-package/One/1",
    "ModelPackageGroupName": "One",
    "ModelPackageName": f"{ARN}model-package/One/1",
    "MonitoringScheduleName": "One",
    "PipelineExecutionArn": f"{ARN}pipeline/One/execution/a",
    "PipelineName": "One",
    "ProcessingJobName": "One",
    "ResourceArn": f"{ARN}endpoint/one",
    "ResourceId": "endpoint/one/variant/live",
    "TrainingJobName": "One",
    "TransformJobName": "One",
}


@pytest.fixture(scope="module")
def reference() -> Mapping[str, Mapping[str, Any]]:
    """AWS's reference, as parliament ships it: per service its actions and their resource types."""
    found = find_spec("parliament")
    assert found
    assert found.origin
    services = json.loads((Path(found.origin).parent / "iam_definition.json").read_text(encoding="utf-8"))
    wanted = ("sagemaker", "application-autoscaling")
    return {
        one["prefix"]: {item["privilege"]: item for item in one["privileges"]}
        for one in services
        if one["prefix"] in wanted
    }


def needed(service: str, operation: str, request: Mapping[str, Any]) -> list[Check]:
    return list(checks(Settings(), service, operation, dict(request)))


def asked(operation: str) -> dict[str, str]:
    from localaws.shapes import service_model

    shape = service_model().operation_model(operation).input_shape
    return {name: value for name, value in EVERYTHING.items() if shape and name in shape.members}


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_asks_for_its_own_action_on_the_resources_that_aws_names(
    reference: Mapping[str, Mapping[str, Any]], operation: str
) -> None:
    known = reference["sagemaker"][operation]
    kinds = {item["resource_type"] for item in known["resource_types"] if item["resource_type"]}
    own = [one for one in needed("sagemaker", operation, asked(operation)) if one.action == f"sagemaker:{operation}"]
    asked_kinds = {one.resource.removeprefix(ARN).partition("/")[0] for one in own}
    names = {"pipeline" if kind == "pipeline-execution" else kind for kind in (kind.strip("*") for kind in kinds)}
    required = {kind.strip("*") for kind in kinds if kind.endswith("*")} - {"pipeline-execution"}
    assert asked_kinds - {"*"} <= names
    assert required <= asked_kinds
    assert own


@pytest.mark.parametrize("operation", sorted(AUTOSCALING.operations))
def test_scaling_asks_for_targets_where_aws_does(reference: Mapping[str, Mapping[str, Any]], operation: str) -> None:
    known = reference["application-autoscaling"][operation]
    named = any(item["resource_type"].startswith("ScalableTarget") for item in known["resource_types"])
    (own,) = needed("application-autoscaling", operation, EVERYTHING)
    assert own.action == f"application-autoscaling:{operation}"
    assert own.resource.endswith(":scalable-target/one-live") if named else own.resource == "*"


def test_a_role_that_is_handed_over_must_be_passed_to_sagemaker() -> None:
    found = needed("sagemaker", "CreateProcessingJob", {"ProcessingJobName": "One", "RoleArn": ROLE})
    passed = Check("iam:PassRole", ROLE, {"iam:PassedToService": "sagemaker.amazonaws.com"})
    assert found == [Check("sagemaker:CreateProcessingJob", f"{ARN}processing-job/one"), passed]


def test_tags_are_a_permission_of_their_own_and_known_to_conditions() -> None:
    request = {"ModelName": "One", "Tags": [{"Key": "project", "Value": "scones"}]}
    create, add = needed("sagemaker", "CreateModel", request)
    assert (add.action, add.resource) == ("sagemaker:AddTags", create.resource)
    assert create.context == {"aws:RequestTag/project": "scones", "aws:TagKeys": ["project"]}
