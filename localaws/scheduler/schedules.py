"""Schedules: Create, Update, Get, List and Delete. A change of any kind sets the next due time anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from localaws import clock, listing
from localaws import schedule_expressions as expressions
from localaws.aws import Aws, now
from localaws.deliveries import targets
from localaws.errors import AwsError, validation
from localaws.operations import SCHEDULER
from localaws.refusals import members
from localaws.scheduler import records
from localaws.scheduler.records import DEFAULT_GROUP, GROUP, SCHEDULE, arn
from localaws.shapes import Document

_DEFAULTS = {"State": "ENABLED", "ScheduleExpressionTimezone": "UTC", "ActionAfterCompletion": "NONE"}
_RETRIES = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
_ORDER = listing.Order({"Name": "Key"}, "Name", "Ascending")


def _find_schedule(aws: Aws, request: Document) -> Iterator[str]:
    yield records.arn(aws, "schedule", records.key(request.get("GroupName", DEFAULT_GROUP), request["Name"]))


_MEMBERS = members(
    """Name GroupName ScheduleExpression ScheduleExpressionTimezone StartDate EndDate State ActionAfterCompletion
    FlexibleTimeWindow ClientToken Target.Arn Target.RoleArn Target.Input Target.DeadLetterConfig Target.RetryPolicy
    Target.SageMakerPipelineParameters Target.EventBridgeParameters Target.SqsParameters""",
    kept="Description KmsKeyArn",
)


@SCHEDULER.operation("CreateSchedule", on=(_find_schedule,), members=_MEMBERS)
def create_schedule(aws: Aws, request: Document) -> Document:
    """Store a schedule; the same client token again answers the same one."""
    request = _normal(request)
    check(aws, request)
    key = records.key(request["GroupName"], request["Name"])
    arn = records.arn(aws, "schedule", key)
    with aws.store.transaction():
        existing = aws.store.get(SCHEDULE, key)
        if existing and request.get("ClientToken") and existing.get("ClientToken") == request["ClientToken"]:
            return {"ScheduleArn": arn}
        if existing:
            raise AwsError("ConflictException", f"Schedule {request['Name']} already exists.", 409)
        _put(aws, {"Key": key, "Arn": arn, "CreationDate": now()} | request)
    return {"ScheduleArn": arn}


@SCHEDULER.operation("UpdateSchedule", on=(_find_schedule,), members=_MEMBERS)
def update_schedule(aws: Aws, request: Document) -> Document:
    """Put a schedule in the place of the one of this name: what the request leaves out has its default, as on AWS."""
    request = _normal(request)
    with aws.store.transaction():
        existing = _find(aws, request)
        check(aws, request)
        kept = {name: existing[name] for name in ("Key", "Arn", "CreationDate")}
        _put(aws, kept | request)
    return {"ScheduleArn": existing["Arn"]}


@SCHEDULER.operation("GetSchedule", on=(_find_schedule,))
def get_schedule(aws: Aws, request: Document) -> Document:
    """A schedule as it is stored."""
    return _find(aws, request)


@SCHEDULER.operation("ListSchedules")
def list_schedules(aws: Aws, request: Document) -> Document:
    """Schedules by group and name."""
    found = [item for item in aws.store.all(SCHEDULE) if item["Name"].startswith(request.get("NamePrefix", ""))]
    equals = {"GroupName": "GroupName", "State": "State"}
    chosen, more = listing.page(request, found, _ORDER, "Key", equals)
    return {"Schedules": [{**item, "Target": {"Arn": item["Target"]["Arn"]}} for item in chosen], **more}


@SCHEDULER.operation("DeleteSchedule", on=(_find_schedule,))
def delete_schedule(aws: Aws, request: Document) -> Document:
    """Forget a schedule; what was due and is tried again goes on."""
    with aws.store.transaction():
        aws.store.delete(SCHEDULE, _find(aws, request)["Key"])
    return {}


def _find(aws: Aws, request: Document) -> Document:
    document = aws.store.get(SCHEDULE, records.key(request.get("GroupName", DEFAULT_GROUP), request["Name"]))
    if document is None:
        raise missing("Schedule", request["Name"])
    return document


def _put(aws: Aws, document: Document) -> None:
    # By the schedules' clock: a rate without a StartDate counts from here, and begins at once.
    moment = clock.read(aws.settings.home)
    document["LastModificationDate"] = moment.timestamp()
    document["NextTime"] = records.next_due(document, moment - timedelta(microseconds=1))
    aws.store.put(SCHEDULE, document["Key"], document)


def _normal(request: Document) -> Document:
    """The request with AWS's defaults, its dates in seconds."""
    target = {**request["Target"], "RetryPolicy": {**_RETRIES, **request["Target"].get("RetryPolicy", {})}}
    dates = {name: _seconds(request[name]) for name in ("StartDate", "EndDate") if request.get(name) is not None}
    return {**_DEFAULTS, "GroupName": DEFAULT_GROUP, **request, "Target": target, **dates}


def _seconds(date: Any) -> float:  # noqa: ANN401 - a timestamp as a number or as text
    return float(date) if not isinstance(date, str) else datetime.fromisoformat(date).timestamp()


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
    for name in (request["Target"]["Arn"], request["Target"].get("DeadLetterConfig", {}).get("Arn", "")):
        _check_region(aws, name)
    _check_role(aws, request["Target"]["RoleArn"], group)


def _check_region(aws: Aws, target: str) -> None:
    """A schedule's target and queue are of its own region; a universal target's ARN names none."""
    region = (target.split(":") + [""] * 4)[3]
    if region not in ("", aws.settings.region):
        raise validation(f"{target} is in {region}; a schedule calls targets of its own region, {aws.settings.region}.")


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
