"""Schedules and their groups in the store."""

from __future__ import annotations

from datetime import datetime, timedelta

from localaws import schedule_expressions as expressions
from localaws.aws import Aws
from localaws.clock import at
from localaws.shapes import Document

SCHEDULE = "schedule"
GROUP = "schedule-group"
DEFAULT_GROUP = "default"


def key(group: str, name: str) -> str:
    """A schedule's key in the store: names are unique in their group."""
    return f"{group}/{name}"


def arn(aws: Aws, resource: str, path: str) -> str:
    """The ARN of a `schedule` (`group/name`) or of a `schedule-group`."""
    return f"arn:aws:scheduler:{aws.settings.region}:{aws.settings.account}:{resource}/{path}"


def next_due(schedule: Document, after: datetime) -> float | None:
    """When a schedule is due next, within its dates; None for one that is disabled or over."""
    if schedule["State"] != "ENABLED":
        return None
    expression, zone = schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]
    anchor = at(schedule.get("StartDate") or schedule["LastModificationDate"])
    once = expressions.is_once(expression)
    if "StartDate" in schedule and not once:
        after = max(after, at(schedule["StartDate"]) - timedelta(microseconds=1))
    due = expressions.next_due(expression, zone, anchor, after)
    if due is None or (not once and "EndDate" in schedule and due > at(schedule["EndDate"])):
        return None
    return due.timestamp()
