"""ARNs: a resource of another region, account or type is not the one of this name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localaws.operations import SAGEMAKER, Named

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api

ARN = "arn:aws:sagemaker:us-east-1:000000000000:"
NAMED = sorted(
    (name, find.member, find.kind)
    for name, operation in SAGEMAKER.operations.items()
    for find in operation.on
    if isinstance(find, Named) and not name.startswith("Create") and find.member.endswith("Arn")
)
PACKAGE = {"InferenceSpecification": {"Containers": [{"Image": "own"}], "SupportedContentTypes": ["text/csv"]}}
REQUIRED: dict[str, dict[str, Any]] = {
    "AddTags": {"Tags": [{"Key": "a", "Value": "b"}]},
    "DeleteTags": {"TagKeys": ["a"]},
    "RetryPipelineExecution": {"ClientRequestToken": "x" * 32},
    "StopPipelineExecution": {"ClientRequestToken": "x" * 32},
    "UpdatePipelineVersion": {"PipelineVersionId": 1},
}


@pytest.mark.parametrize(("operation", "member", "kind"), NAMED)
def test_an_arn_of_another_account_or_region_is_nobody_here(api: Api, operation: str, member: str, kind: str) -> None:
    place = f"{kind or 'endpoint'}/one/execution/abcdefghijkl" if kind == "pipeline" else f"{kind or 'endpoint'}/one/1"
    foreign = f"arn:aws:sagemaker:us-east-1:111111111111:{place}"
    for arn, code, words in (
        (foreign, "AccessDeniedException", foreign),
        (f"arn:aws:sagemaker:eu-west-1:000000000000:{place}", "ValidationException", "correct region: us-east-1"),
    ):
        found, sentence = api.refused(operation, **REQUIRED.get(operation, {}), **{member: arn})
        assert found == code
        assert words in sentence


def test_a_version_is_approved_by_its_own_arn_alone(api: Api) -> None:
    api("CreateModelPackageGroup", ModelPackageGroupName="vehicles")
    own = api("CreateModelPackage", ModelPackageGroupName="vehicles", **PACKAGE)["ModelPackageArn"]
    for other in (own.replace("us-east-1", "eu-west-1"), own.replace("000000000000", "111111111111")):
        api.refused("UpdateModelPackage", ModelPackageArn=other, ModelApprovalStatus="Approved")
        api.refused("DescribeModelPackage", ModelPackageName=other)
        container = {"ModelPackageName": other}
        assert "does not exist" in api.refused("CreateModel", ModelName="m", PrimaryContainer=container)[1]
    wrong = f"{ARN}pipeline/vehicles/1"
    assert "is not the ARN of a model-package" in api.refused("DescribeModelPackage", ModelPackageName=wrong)[1]
    described = api("DescribeModelPackage", ModelPackageName=own)
    assert described["ModelApprovalStatus"] == "PendingManualApproval"
