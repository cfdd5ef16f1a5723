"""Tags of all services' resources: found by key, value and type, in pages, and written where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from ministack.services import sqs, stepfunctions

from localaws.builds import projects
from localaws.scheduler import records as schedules

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Wire

PLACE = "us-east-1:000000000000"
MACHINE = f"arn:aws:states:{PLACE}:stateMachine:bake"
PROJECT = f"arn:aws:codebuild:{PLACE}:project/build"
GROUP = f"arn:aws:scheduler:{PLACE}:schedule-group/daily"
TEAM = [{"Key": "team", "Value": "bakery"}]


@pytest.fixture
def tagging(aws: Aws, api: Api, wire: Wire) -> Iterator[Any]:
    """A client of the service beside resources of seven services, of which all but one queue have the tag `team`."""
    for number in range(3):
        api("CreateModel", ModelName=f"m{number}", PrimaryContainer={"Image": "own"}, Tags=TEAM)
    aws.store.put(projects.KIND, "build", {"name": "build", "arn": PROJECT, "tags": [{"key": "team", "value": "oven"}]})
    aws.store.put(schedules.GROUP, "daily", {"Name": "daily", "Arn": GROUP})
    queues = wire.boto.client("sqs")
    queues.create_queue(QueueName="plain")
    queues.create_queue(QueueName="tagged", tags={"team": "bakery"})
    machine = {"name": "bake", "definition": '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'}
    role = "arn:aws:iam::000000000000:role/machine"
    wire.boto.client("stepfunctions").create_state_machine(
        **machine, roleArn=role, tags=[{"key": "team", "value": "bakery"}]
    )
    yield wire.boto.client("resourcegroupstaggingapi")
    sqs.reset()
    stepfunctions.reset()


def found(client: Any, **request: Any) -> list[str]:
    pages = client.get_paginator("get_resources").paginate(**request)
    return [item["ResourceARN"].split(":", 2)[2] for page in pages for item in page["ResourceTagMappingList"]]


MODELS = [f"sagemaker:{PLACE}:model/m{number}" for number in range(3)]


def test_resources_are_found_by_tags_types_and_arns(tagging: Any) -> None:
    team = {"Key": "team", "Values": ["bakery"]}
    assert found(tagging, TagFilters=[team], ResourceTypeFilters=["sagemaker:model"]) == MODELS
    assert found(tagging, TagFilters=[team]) == [*MODELS, f"sqs:{PLACE}:tagged", MACHINE.split(":", 2)[2]]
    assert found(tagging, TagFilters=[{"Key": "team"}], ResourceTypeFilters=["codebuild"]) == [PROJECT.split(":", 2)[2]]
    assert found(tagging, ResourceARNList=[MACHINE]) == [MACHINE.split(":", 2)[2]]
    assert found(tagging, TagFilters=[{"Key": "other"}]) == []
    assert tagging.get_tag_keys()["TagKeys"] == ["team"]
    assert tagging.get_tag_values(Key="team")["TagValues"] == ["bakery", "oven"]


def test_pages_hold_every_resource_once(tagging: Any) -> None:
    whole = found(tagging)
    assert found(tagging, PaginationConfig={"PageSize": 2}) == whole
    assert len(whole) == len(set(whole)) == 6
    assert len(tagging.get_resources(ResourcesPerPage=2)["ResourceTagMappingList"]) == 2


@pytest.mark.parametrize(
    "arn", [f"arn:aws:{MODELS[0]}", PROJECT, GROUP, MACHINE, f"arn:aws:sqs:{PLACE}:plain", "arn:aws:s3:::bucket"]
)
def test_tags_are_written_where_the_service_itself_keeps_them(tagging: Any, api: Api, arn: str) -> None:
    assert tagging.tag_resources(ResourceARNList=[arn], Tags={"size": "big"})["FailedResourcesMap"] == {}
    assert found(tagging, TagFilters=[{"Key": "size", "Values": ["big"]}]) == [arn.split(":", 2)[2]]
    if ":sagemaker:" in arn:
        assert {"Key": "size", "Value": "big"} in api("ListTags", ResourceArn=arn)["Tags"]
    assert tagging.untag_resources(ResourceARNList=[arn], TagKeys=["size"])["FailedResourcesMap"] == {}
    assert found(tagging, TagFilters=[{"Key": "size"}]) == []


def test_what_is_not_there_is_answered_with_the_reason(tagging: Any) -> None:
    absent = [
        *(f"arn:aws:sagemaker:{PLACE}:model/none", f"arn:aws:scheduler:{PLACE}:schedule-group/none"),
        *(f"{PROJECT}x", f"{MACHINE}x", f"arn:aws:sqs:{PLACE}:none"),
    ]
    for change in ({"Tags": {"a": "b"}}, {"TagKeys": ["a"]}):
        call = tagging.tag_resources if "Tags" in change else tagging.untag_resources
        failed = call(ResourceARNList=absent, **change)["FailedResourcesMap"]
        assert {arn: item["ErrorMessage"] for arn, item in failed.items()} == dict.fromkeys(
            absent, "Resource does not exist"
        )
    (other,) = tagging.tag_resources(ResourceARNList=[f"arn:aws:quantum:{PLACE}:cat/one"], Tags={"a": "b"})[
        "FailedResourcesMap"
    ].values()
    assert "does not tag resources of quantum" in other["ErrorMessage"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"ResourceARNList": [MACHINE], "TagFilters": [{"Key": "a"}]}, "cannot be specified with filters"),
        ({"ResourcesPerPage": 101}, "must be from 1 to 100"),
        ({"IncludeComplianceDetails": True}, "does not emulate IncludeComplianceDetails"),
    ],
)
def test_requests_that_aws_refuses_or_that_are_not_emulated_are_refused(
    tagging: Any, request_: dict[str, Any], words: str
) -> None:
    with pytest.raises(tagging.exceptions.InvalidParameterException, match=words):
        tagging.get_resources(**request_)


def test_an_arn_of_another_region_is_refused(tagging: Any) -> None:
    arn = MACHINE.replace("us-east-1", "eu-west-1")
    with pytest.raises(tagging.exceptions.InvalidParameterException, match="does not match with the region"):
        tagging.tag_resources(ResourceARNList=[arn], Tags={"a": "b"})


def test_awss_own_tags_are_not_for_clients(tagging: Any) -> None:
    with pytest.raises(tagging.exceptions.InvalidParameterException, match="not allowed for external use"):
        tagging.tag_resources(ResourceARNList=[MACHINE], Tags={"AWS:team": "bakery"})
