"""What AWS, or this local AWS, refuses in a schedule beyond its shape.

https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

from localaws.aws import Aws
from localaws.deliveries import targets
from localaws.errors import AwsError, validation
from localaws.scheduler import expressions
from localaws.scheduler.records import DEFAULT_GROUP, GROUP, arn
from localaws.shapes import Document

PRINCIPAL = "scheduler.amazonaws.com"


def check(aws: Aws, request: Document) -> None:
    """Refuse a schedule that AWS would not take, or whose target cannot be called here."""
    expressions.check(request["ScheduleExpression"], request.get("ScheduleExpressionTimezone", "UTC"))
    _check_window(request["FlexibleTimeWindow"])
    if "StartDate" in request and "EndDate" in request and request["StartDate"] >= request["EndDate"]:
        raise validation("The StartDate you specify must come before the EndDate.")
    group = request.get("GroupName", DEFAULT_GROUP)
    if group != DEFAULT_GROUP and aws.store.get(GROUP, group) is None:
        raise missing("Schedule group", group)
    targets.check(request["Target"])
    _check_role(aws, request["Target"]["RoleArn"], group)


def missing(what: str, name: str) -> AwsError:
    """What Scheduler answers for a schedule or group that is not there."""
    return AwsError("ResourceNotFoundException", f"{what} {name} does not exist.", 404)


def _check_window(window: Document) -> None:
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise validation(
            "FlexibleTimeWindow has MaximumWindowInMinutes where its Mode is FLEXIBLE, and only there; "
            f"given was {window}."
        )


def _check_role(aws: Aws, role: str, group: str) -> None:
    """AWS takes on the role when the schedule is made, in the name of the group, as the schedule is not there yet."""
    if aws.authority is None:
        return
    try:
        aws.authority.clients(role, PRINCIPAL, arn(aws, "schedule-group", group))
    except AwsError as error:
        sentence = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        raise validation(sentence) from error
