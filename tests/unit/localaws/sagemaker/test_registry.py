"""The registry: groups, versions, approval, tags, and models."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api

ROLE = "arn:aws:iam::000000000000:role/model"
SPECIFICATION = {
    "Containers": [{"Image": "image:1", "ModelDataUrl": "s3://b/model.tar.gz"}],
    "SupportedContentTypes": ["application/x-image"],
    "SupportedResponseMIMETypes": ["application/json"],
}
UNVERSIONED = {
    **SPECIFICATION,
    "SupportedTransformInstanceTypes": ["ml.m5.large"],
    "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
}
EVENT = "Model Package State Change"


@pytest.fixture
def group(api: Api) -> str:
    arn: str = api("CreateModelPackageGroup", ModelPackageGroupName="vehicles")["ModelPackageGroupArn"]
    return arn


def register(api: Api, **more: object) -> str:
    request = {"ModelPackageGroupName": "vehicles", "InferenceSpecification": SPECIFICATION, **more}
    arn: str = api("CreateModelPackage", **request)["ModelPackageArn"]
    return arn


@pytest.mark.usefixtures("group")
def test_versions_count_from_one_and_a_deleted_number_is_not_given_again(api: Api) -> None:
    first, second = register(api), register(api)
    api("DeleteModelPackage", ModelPackageName=second)
    third = register(api)
    assert [arn.rsplit("/", 1)[1] for arn in (first, second, third)] == ["1", "2", "3"]
    listed = api("ListModelPackages", ModelPackageGroupName="vehicles")["ModelPackageSummaryList"]
    assert [item["ModelPackageVersion"] for item in listed] == [1, 3]


def test_a_version_of_a_group_that_is_not_there_is_refused(api: Api) -> None:
    code, sentence = api.refused(
        "CreateModelPackage", ModelPackageGroupName="vehicles", InferenceSpecification=SPECIFICATION
    )
    assert code == "ValidationException"
    assert "model-package-group/vehicles does not exist" in sentence


@pytest.mark.usefixtures("group")
def test_a_version_waits_for_approval_unless_it_says_otherwise(api: Api) -> None:
    waiting, approved = register(api), register(api, ModelApprovalStatus="Approved")
    assert api("DescribeModelPackage", ModelPackageName=waiting)["ModelApprovalStatus"] == "PendingManualApproval"
    found = api("ListModelPackages", ModelPackageGroupName="vehicles", ModelApprovalStatus="Approved")
    assert [item["ModelPackageArn"] for item in found["ModelPackageSummaryList"]] == [approved]


@pytest.mark.usefixtures("group")
def test_creation_and_approval_each_send_the_event_with_aws_s_names(
    api: Api, sent: Callable[[str], list[dict[str, Any]]]
) -> None:
    metadata = {"accuracy": "0.9"}
    arn = register(api, CustomerMetadataProperties=metadata)
    api("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="good")
    created, approved = sent(EVENT)
    assert created["ModelApprovalStatus"] == "PendingManualApproval"
    assert {name: approved[name] for name in created if name.startswith("ModelPackage")} == {
        "ModelPackageGroupName": "vehicles",
        "ModelPackageVersion": 1,
        "ModelPackageArn": arn,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
    }
    assert (approved["ModelApprovalStatus"], approved["ApprovalDescription"]) == ("Approved", "good")
    assert approved["InferenceSpecification"] == SPECIFICATION
    assert approved["CustomerMetadataProperties"] == metadata


@pytest.mark.usefixtures("group")
def test_metadata_is_added_changed_and_removed_one_by_one(api: Api) -> None:
    arn = register(api, CustomerMetadataProperties={"a": "1", "b": "1", "c": "1"})
    api(
        "UpdateModelPackage",
        ModelPackageArn=arn,
        CustomerMetadataProperties={"b": "2", "d": "2"},
        CustomerMetadataPropertiesToRemove=["c"],
    )
    described = api("DescribeModelPackage", ModelPackageName=arn)
    assert described["CustomerMetadataProperties"] == {"a": "1", "b": "2", "d": "2"}


@pytest.mark.usefixtures("group")
def test_removing_the_last_metadata_removes_it(api: Api) -> None:
    arn = register(api, CustomerMetadataProperties={"a": "1"})
    api("UpdateModelPackage", ModelPackageArn=arn, CustomerMetadataPropertiesToRemove=["a"])
    assert not api("DescribeModelPackage", ModelPackageName=arn).get("CustomerMetadataProperties")


@pytest.mark.usefixtures("group")
def test_a_refused_approval_status_changes_nothing(api: Api) -> None:
    arn = register(api)
    sentence = api.refused("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Perhaps")[1]
    assert "enum value set: [Approved, Rejected, PendingManualApproval]" in sentence
    assert api("DescribeModelPackage", ModelPackageName=arn)["ModelApprovalStatus"] == "PendingManualApproval"


@pytest.mark.usefixtures("group")
def test_a_group_is_deleted_only_when_its_last_version_is(api: Api) -> None:
    arn = register(api)
    code, sentence = api.refused("DeleteModelPackageGroup", ModelPackageGroupName="vehicles")
    assert code == "ConflictException"
    assert "still has model packages" in sentence
    api("DeleteModelPackage", ModelPackageName=arn)
    api("DeleteModelPackageGroup", ModelPackageGroupName="vehicles")
    assert "does not exist" in api.refused("DescribeModelPackageGroup", ModelPackageGroupName="vehicles")[1]


def test_a_group_is_not_hindered_by_versions_of_a_longer_name(api: Api, group: str) -> None:
    api("CreateModelPackageGroup", ModelPackageGroupName="vehicles-2")
    register(api, ModelPackageGroupName="vehicles-2")
    api("DeleteModelPackageGroup", ModelPackageGroupName=group)
    listed = api("ListModelPackageGroups")["ModelPackageGroupSummaryList"]
    assert [item["ModelPackageGroupName"] for item in listed] == ["vehicles-2"]


def test_a_group_is_described_by_name_or_arn_and_made_once(api: Api, group: str) -> None:
    by_name = api("DescribeModelPackageGroup", ModelPackageGroupName="vehicles")
    assert api("DescribeModelPackageGroup", ModelPackageGroupName=group) == by_name
    assert "already exists" in api.refused("CreateModelPackageGroup", ModelPackageGroupName="vehicles")[1]


def test_packages_without_a_group_have_names_and_are_listed_apart(api: Api, group: str) -> None:
    versioned = register(api)
    named = api("CreateModelPackage", ModelPackageName="single", InferenceSpecification=UNVERSIONED)

    def listed(**request: str) -> set[str]:
        return {item["ModelPackageArn"] for item in api("ListModelPackages", **request)["ModelPackageSummaryList"]}

    assert listed() == {named["ModelPackageArn"]}
    assert listed(ModelPackageType="Versioned") == {versioned} == listed(ModelPackageGroupName=group)
    assert listed(ModelPackageType="Both") == {versioned, named["ModelPackageArn"]}
    assert listed(ModelPackageType="Both", NameContains="SING") == {named["ModelPackageArn"]}
    assert listed(ModelPackageType="Both", NameContains="model-package") == set()
    assert "already exists" in api.refused("CreateModelPackage", ModelPackageName="single")[1]


@pytest.mark.usefixtures("group")
def test_a_package_is_either_in_a_group_or_named(api: Api) -> None:
    both = {"ModelPackageGroupName": "vehicles", "ModelPackageName": "single"}
    assert "and not both" in api.refused("CreateModelPackage", **both)[1]
    assert "and not both" in api.refused("CreateModelPackage")[1]


@pytest.mark.usefixtures("group")
def test_a_version_takes_no_tags_of_its_own(api: Api) -> None:
    request = {"ModelPackageGroupName": "vehicles", "Tags": [{"Key": "k", "Value": "v"}]}
    assert "set them on its group" in api.refused("CreateModelPackage", **request)[1]


def test_a_package_without_a_group_has_tags_of_its_own(api: Api) -> None:
    tags = [{"Key": "team", "Value": "bakery"}]
    request = {"ModelPackageName": "single", "InferenceSpecification": UNVERSIONED, "Tags": tags}
    assert api("ListTags", ResourceArn=api("CreateModelPackage", **request)["ModelPackageArn"])["Tags"] == tags


def test_a_version_that_is_not_there_is_refused(api: Api, group: str) -> None:
    missing = group.replace("model-package-group", "model-package") + "/9"
    for operation, member in (("DescribeModelPackage", "ModelPackageName"), ("DeleteModelPackage", "ModelPackageName")):
        assert "vehicles/9 does not exist" in api.refused(operation, **{member: missing})[1]


def test_tags_are_added_overwritten_listed_and_removed(api: Api, group: str) -> None:
    api("AddTags", ResourceArn=group, Tags=[{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "1"}])
    answered = api("AddTags", ResourceArn=group, Tags=[{"Key": "b", "Value": "2"}])["Tags"]
    assert answered == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    api("DeleteTags", ResourceArn=group, TagKeys=["a", "unknown"])
    assert api("ListTags", ResourceArn=group)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_resource_has_at_most_fifty_tags_and_keeps_what_it_had(api: Api, group: str) -> None:
    api("AddTags", ResourceArn=group, Tags=[{"Key": f"k{number}", "Value": ""} for number in range(49)])
    two = [{"Key": "x", "Value": ""}, {"Key": "y", "Value": ""}]
    code, sentence = api.refused("AddTags", ResourceArn=group, Tags=two)
    assert code == "ResourceLimitExceeded"
    assert "at most 50 tags; 51 asked" in sentence
    assert len(api("ListTags", ResourceArn=group)["Tags"]) == 49


def test_tags_of_a_create_call_are_kept_and_go_with_the_resource(api: Api) -> None:
    tags = [{"Key": "team", "Value": "bakery"}]
    group = api("CreateModelPackageGroup", ModelPackageGroupName="tagged", Tags=tags)["ModelPackageGroupArn"]
    assert api("ListTags", ResourceArn=group)["Tags"] == tags
    api("DeleteModelPackageGroup", ModelPackageGroupName="tagged")
    api("CreateModelPackageGroup", ModelPackageGroupName="tagged")
    assert api("ListTags", ResourceArn=group)["Tags"] == []


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["aws:team"], "aws: prefixed tag key names are not allowed for external use; given was aws:team."),
        (["AWS:team"], "aws: prefixed tag key names are not allowed for external use"),
        (["team", "team"], "Tag keys must be unique; given were team, team."),
    ],
)
def test_tags_have_keys_of_one_s_own_that_stand_once(api: Api, keys: list[str], words: str) -> None:
    tags = [{"Key": key, "Value": "bakery"} for key in keys]
    code, said = api.refused("CreateModelPackageGroup", ModelPackageGroupName="tagged", Tags=tags)
    assert code == "ValidationException"
    assert said.startswith(words)
    assert "does not exist" in api.refused("DescribeModelPackageGroup", ModelPackageGroupName="tagged")[1]
    arn = api("CreateModelPackageGroup", ModelPackageGroupName="tagged")["ModelPackageGroupArn"]
    assert api.refused("AddTags", ResourceArn=arn, Tags=tags) == (code, said)


def test_a_model_is_made_described_and_deleted(api: Api) -> None:
    container = {"Image": "image:1", "ModelDataUrl": "s3://b/model.tar.gz"}
    request = {"ModelName": "Scones", "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    arn = api("CreateModel", **request, Tags=[{"Key": "k", "Value": "v"}])["ModelArn"]
    described = api("DescribeModel", ModelName="Scones")
    filled = {**container, "Mode": "SingleModel", "Environment": {}}
    assert (described["PrimaryContainer"], described["EnableNetworkIsolation"]) == (filled, False)
    assert "Cannot create already existing model" in api.refused("CreateModel", **request)[1]
    api("DeleteModel", ModelName="Scones")
    assert f"{arn} does not exist" in api.refused("ListTags", ResourceArn=arn)[1]
    assert "Could not find model" in api.refused("DescribeModel", ModelName="Scones")[1]
    assert "Could not find model" in api.refused("DeleteModel", ModelName="Scones")[1]


def test_a_model_may_have_a_chain_of_containers_but_not_both(api: Api) -> None:
    chain = [{"Image": "image:1"}, {"Image": "image:2"}]
    both = {"ModelName": "m", "Containers": chain, "PrimaryContainer": chain[0]}
    assert "and not both" in api.refused("CreateModel", **both)[1]
    api("CreateModel", ModelName="m", Containers=chain)
    filled = [{**container, "Mode": "SingleModel", "Environment": {}} for container in chain]
    assert api("DescribeModel", ModelName="m")["Containers"] == filled


@pytest.mark.usefixtures("group")
def test_many_versions_are_described_at_once_and_those_that_are_not_there_said(api: Api) -> None:
    first, second = register(api), register(api, ModelApprovalStatus="Approved")
    absent = first.replace("/1", "/7")
    answered = api("BatchDescribeModelPackage", ModelPackageArnList=[first, second, absent])
    found = answered["ModelPackageSummaries"]
    assert {arn: item["ModelApprovalStatus"] for arn, item in found.items()} == {
        first: "PendingManualApproval",
        second: "Approved",
    }
    failed = answered["BatchDescribeModelPackageErrorMap"][absent]
    assert (failed["ErrorCode"], absent in failed["ErrorResponse"]) == ("ValidationException", True)


def test_a_group_has_a_resource_policy_until_it_is_taken_away(api: Api, group: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sagemaker:*", "Resource": group}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    named = {"ModelPackageGroupName": "vehicles"}
    assert "Cannot find resource policy" in api.refused("GetModelPackageGroupPolicy", **named)[1]
    for broken in ("no json", "[]", json.dumps({"Statement": [{"Effect": "Allow"}]})):
        assert api.refused("PutModelPackageGroupPolicy", **named, ResourcePolicy=broken)[0] == "ValidationException"
    assert api("PutModelPackageGroupPolicy", **named, ResourcePolicy=policy) == {"ModelPackageGroupArn": group}
    assert api("GetModelPackageGroupPolicy", **named) == {"ResourcePolicy": policy}
    api("DeleteModelPackageGroupPolicy", **named)
    assert "Cannot find resource policy" in api.refused("DeleteModelPackageGroupPolicy", **named)[1]
