"""Scheduler's API: what is stored and answered, and what AWS refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.localaws.scheduler.conftest import Scheduler

ARN = "arn:aws:scheduler:us-east-1:000000000000:"


def test_a_schedule_is_answered_as_it_was_made_with_awss_defaults(scheduler: Scheduler) -> None:
    assert scheduler.create() == {"ScheduleArn": f"{ARN}schedule/default/drift"}
    found = scheduler("GET", "/schedules/drift", "groupName=default")
    assert (found["State"], found["ScheduleExpressionTimezone"], found["GroupName"]) == ("ENABLED", "UTC", "default")
    assert found["Target"]["SageMakerPipelineParameters"]["PipelineParameterList"] == [{"Name": "Hours", "Value": "1"}]
    assert found["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    (listed,) = scheduler("GET", "/schedules", "State=ENABLED&NamePrefix=dr&MaxResults=5")["Schedules"]
    assert listed["Target"] == {"Arn": found["Target"]["Arn"]}
    assert scheduler("GET", "/schedules", "State=DISABLED")["Schedules"] == []


def test_an_update_puts_the_whole_schedule_anew(scheduler: Scheduler, request_of: Callable[[], Any]) -> None:
    scheduler.create(Description="old", State="DISABLED")
    assert scheduler.due() is None
    scheduler("PUT", "/schedules/drift", **request_of())
    found = scheduler("GET", "/schedules/drift")
    assert (found.get("Description"), found["State"]) == (None, "ENABLED")
    assert scheduler.due() == datetime(2026, 11, 24, 12, 10, tzinfo=UTC)


def test_the_same_token_again_is_the_same_schedule_and_another_one_is_refused(scheduler: Scheduler) -> None:
    for _ in range(2):
        scheduler.create(ClientToken="a")
    status, document = scheduler.ask("POST", "/schedules/drift", **stored(scheduler), ClientToken="b")
    assert (status, document["__type"]) == (409, "ConflictException")


def stored(scheduler: Scheduler) -> dict[str, Any]:
    found = scheduler("GET", "/schedules/drift")
    return {name: found[name] for name in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}


def test_a_deleted_schedule_is_gone(scheduler: Scheduler) -> None:
    scheduler.create()
    scheduler("DELETE", "/schedules/drift")
    status, document = scheduler.ask("GET", "/schedules/drift")
    assert (status, document["__type"]) == (404, "ResourceNotFoundException")
    assert document["message"] == "Schedule drift does not exist."


def test_groups_hold_schedules_and_tags_and_take_both_with_them(scheduler: Scheduler) -> None:
    arn = scheduler("POST", "/schedule-groups/ours", Tags=[{"Key": "a", "Value": "1"}])["ScheduleGroupArn"]
    scheduler.create("inner", GroupName="ours")
    assert scheduler("GET", "/schedules", "ScheduleGroup=ours")["Schedules"][0]["Name"] == "inner"
    scheduler("POST", f"/tags/{arn}", Tags=[{"Key": "b", "Value": "2"}])
    scheduler("DELETE", f"/tags/{arn}", "TagKeys=a")
    assert scheduler("GET", f"/tags/{arn}")["Tags"] == [{"Key": "b", "Value": "2"}]
    assert [item["Name"] for item in scheduler("GET", "/schedule-groups")["ScheduleGroups"]] == ["default", "ours"]
    scheduler("DELETE", "/schedule-groups/ours")
    assert scheduler("GET", "/schedules")["Schedules"] == []
    assert scheduler.ask("GET", "/schedule-groups/ours")[0] == 404
    assert scheduler.ask("DELETE", "/schedule-groups/default")[0] == 400


FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:bake"
BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default"
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
LIST = {"PipelineParameterList": [{"Name": "Hours", "Value": ""}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ScheduleExpression": "rate(1 year)"}, "Invalid Schedule Expression rate(1 year)."),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes where its Mode is FLEXIBLE"),
        ({"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}}, "and only there"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}}, "less than or equal to 1440"),
        ({"StartDate": 20, "EndDate": 10}, "StartDate you specify must come before the EndDate"),
        ({"Target": {"Arn": "line"}}, "Target line cannot be called on the local AWS"),
        ({"Target": {"Arn": "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e"}}, "only pipelines can be targets"),
        ({"Target": {"SageMakerPipelineParameters": LIST}}, "length greater than or equal to 1"),
        ({"Target": {"EventBridgeParameters": {"Source": "a", "DetailType": "b"}}}, "EventBridgeParameters does not"),
        ({"Target": {"RetryPolicy": {"MaximumRetryAttempts": 186}}}, "less than or equal to 185"),
        ({"Target": {"Arn": FUNCTION}}, "SageMakerPipelineParameters does not belong"),
    ],
)
def test_what_aws_refuses_is_refused(
    scheduler: Scheduler, request_of: Callable[[], Any], change: dict[str, Any], words: str
) -> None:
    request = request_of()
    target = {**request["Target"], **change.pop("Target", {})}
    status, document = scheduler.ask("POST", "/schedules/drift", **{**request, "Target": target, **change})
    assert (status, document["__type"]) == (400, "ValidationException")
    assert words in document["message"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Arn": FUNCTION, "Input": "{"}, "must be well-formed JSON"),
        ({"Arn": BUS}, "EventBridgeParameters is required"),
        ({"Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/c"}, "cannot be called on the local AWS"),
        ({"Arn": f"{UNIVERSAL}sagemaker:listPipelines"}, "operations that only read are not supported"),
        ({"Arn": f"{UNIVERSAL}sagemaker:bakeCake"}, "sagemaker has no operation BakeCake"),
        ({"Arn": f"{UNIVERSAL}bakery:bake"}, "knows no service bakery"),
        ({"Arn": "arn:aws:scheduler:us-east-1:000000000000:schedule/default/drift"}, "a universal one is"),
    ],
)
def test_targets_that_cannot_be_called_are_refused_in_a_sentence(
    scheduler: Scheduler, request_of: Callable[[], Any], target: dict[str, Any], words: str
) -> None:
    request = {**request_of(), "Target": {"RoleArn": "arn:aws:iam::000000000000:role/scheduler", **target}}
    status, document = scheduler.ask("POST", "/schedules/drift", **request)
    assert status == 400
    assert words in document["message"]


def test_a_schedule_in_a_group_that_is_not_there_is_refused(
    scheduler: Scheduler, request_of: Callable[[], Any]
) -> None:
    status, document = scheduler.ask("POST", "/schedules/drift", **request_of(), GroupName="ours")
    assert (status, document["message"]) == (404, "Schedule group ours does not exist.")
