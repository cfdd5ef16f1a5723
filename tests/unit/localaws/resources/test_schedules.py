"""Scheduler's schedules and groups in a stack: made, changed whole, deleted, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localaws.operations import SCHEDULER

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.resources.conftest import Stack

TYPE, GROUP = "AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup"


def properties(**changes: object) -> dict[str, Any]:
    """The properties as a template writes them, its numbers as text."""
    target = {
        "Arn": "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line",
        "RoleArn": "arn:aws:iam::000000000000:role/scheduler",
        "RetryPolicy": {"MaximumRetryAttempts": "3"},
    }
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "15"}
    base = {"Name": "drift", "ScheduleExpression": "cron(10 * * * ? *)", "FlexibleTimeWindow": window, "Target": target}
    return {**base, **changes}


def get(aws: Aws, **request: str) -> dict[str, Any]:
    return SCHEDULER.call(aws, "GetSchedule", {"Name": "drift", **request})


def test_a_schedule_has_all_that_its_template_says(stack: Stack, aws: Aws) -> None:
    name, attributes = stack.create(TYPE, properties(State="DISABLED", ScheduleExpressionTimezone="Europe/Berlin"))
    assert name == "drift"
    assert attributes["Arn"].endswith("schedule/default/drift")
    found = get(aws)
    assert (found["State"], found["ScheduleExpressionTimezone"]) == ("DISABLED", "Europe/Berlin")
    assert found["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 3


def test_a_change_takes_back_what_was_changed_beside_the_template(stack: Stack, aws: Aws) -> None:
    disabled = properties(State="DISABLED")
    stack.create(TYPE, disabled)
    SCHEDULER.operations["UpdateSchedule"].run(aws, {**get(aws), "State": "ENABLED", "Description": "by hand"})
    stack.update(TYPE, "drift", disabled, {**disabled, "ScheduleExpression": "rate(1 hour)"})
    found = get(aws)
    assert (found["State"], found.get("Description")) == ("DISABLED", None)


def test_a_deleted_schedule_is_gone_and_one_that_was_gone_is_no_error(stack: Stack, aws: Aws) -> None:
    stack.create(GROUP, {"Name": "ours"})
    stack.create(TYPE, properties(GroupName="ours"))
    assert get(aws, GroupName="ours")
    for _ in range(2):
        stack.delete(TYPE, "drift", {"GroupName": "ours"})
        stack.delete(GROUP, "ours")
    assert SCHEDULER.call(aws, "ListSchedules", {})["Schedules"] == []


def test_what_scheduler_refuses_is_the_resources_reason(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"Invalid Schedule Expression .*Error Code: ValidationException"):
        stack.create(TYPE, properties(ScheduleExpression="hourly"))
