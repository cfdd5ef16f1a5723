"""Scheduled actions: a target's bounds at a time of day. PutScheduledAction, DescribeScheduledActions and Delete.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from localaws import clock, errors
from localaws import schedule_expressions as expressions
from localaws.autoscaling import targets
from localaws.aws import Aws, now
from localaws.operations import AUTOSCALING
from localaws.refusals import members
from localaws.shapes import Document

KIND = targets.SCHEDULED


@AUTOSCALING.operation(
    "PutScheduledAction",
    on=(targets.find_arn,),
    members=members(
        """ServiceNamespace Schedule Timezone ScheduledActionName ResourceId ScalableDimension StartTime EndTime
        ScalableTargetAction.MinCapacity ScalableTargetAction.MaxCapacity"""
    ),
)
def put_scheduled_action(aws: Aws, request: Document) -> Document:
    """Set an action, or change what the request names of one."""
    targets.check_kind(request)
    key = f"{request['ResourceId']}/{request['ScheduledActionName']}"
    with aws.store.transaction():
        targets.find(aws, request["ResourceId"])
        existing = aws.store.get(KIND, key) or {"CreationTime": now(), "ScheduledActionARN": _arn(aws, request)}
        dates = {name: _seconds(request[name]) for name in ("StartTime", "EndTime") if request.get(name) is not None}
        action = {**existing, **request, **dates}
        _check(action)
        moment = clock.read(aws.settings.home)
        action["Anchor"] = moment.timestamp()
        action["NextTime"] = find_next(action, moment)
        aws.store.put(KIND, key, action)
    return {}


@AUTOSCALING.operation(
    "DescribeScheduledActions",
    members=targets.LISTED,
)
def describe_scheduled_actions(aws: Aws, request: Document) -> Document:
    """The actions, fifty a page."""
    names = request.get("ScheduledActionNames")
    found = [
        item
        for item in aws.store.all(KIND)
        if request["ServiceNamespace"] == targets.NAMESPACE
        and item["ResourceId"] == request.get("ResourceId", item["ResourceId"])
        and (not names or item["ScheduledActionName"] in names)
    ]
    chosen, more = targets.page(request, found, "ScheduledActionARN")
    return {"ScheduledActions": chosen, **more}


@AUTOSCALING.operation("DeleteScheduledAction", on=(targets.find_arn,))
def delete_scheduled_action(aws: Aws, request: Document) -> Document:
    """Remove an action; the target keeps the bounds that it has."""
    targets.check_kind(request)
    key = f"{request['ResourceId']}/{request['ScheduledActionName']}"
    with aws.store.transaction():
        if aws.store.get(KIND, key) is None:
            raise targets.not_found(
                f"No scheduled action found for service namespace: {targets.NAMESPACE}, resource ID: "
                f"{request['ResourceId']}, scheduled action name: {request['ScheduledActionName']}"
            )
        aws.store.delete(KIND, key)
    return {}


def take_due(aws: Aws) -> Iterator[Document]:
    """The actions whose time has come, each moved on to its next time; AWS drops one that has none left."""
    moment = clock.read(aws.settings.home)
    for action in aws.store.all(KIND):
        key = f"{action['ResourceId']}/{action['ScheduledActionName']}"
        if action["NextTime"] is None or clock.at(action["NextTime"]) > moment:
            continue
        following = find_next(action, moment)
        if following is None:
            aws.store.delete(KIND, key)
        else:
            aws.store.update(KIND, key, NextTime=following)
        yield action


def find_next(action: Document, after: datetime) -> float | None:
    """When an action is due next, within its StartTime and EndTime; None where it is not any more."""
    start, end = action.get("StartTime"), action.get("EndTime")
    if start is not None:
        after = max(after, clock.at(start) - timedelta(microseconds=1))
    # A rate counts from its start.
    anchor = clock.at(action["Anchor"] if start is None else start)
    due = expressions.next_due(action["Schedule"], action.get("Timezone", "UTC"), anchor, after)
    return None if due is None or (end is not None and due > clock.at(end)) else due.timestamp()


def _check(action: Document) -> None:
    if "Schedule" not in action:
        raise errors.validation("Schedule is required for a new scheduled action.")
    expressions.check(action["Schedule"], action.get("Timezone", "UTC"))
    bounds = action.get("ScalableTargetAction") or {}
    if not bounds:
        raise errors.validation("ScalableTargetAction needs MinCapacity, MaxCapacity or both.")
    if not 1 <= bounds.get("MinCapacity", 1) <= bounds.get("MaxCapacity", bounds.get("MinCapacity", 1)):
        raise errors.validation(
            f"MinCapacity ({bounds.get('MinCapacity')}) must be at least 1 and at most MaxCapacity "
            f"({bounds.get('MaxCapacity')})."
        )
    if "StartTime" in action and "EndTime" in action and action["StartTime"] >= action["EndTime"]:
        raise errors.validation("StartTime must come before EndTime.")


def _seconds(date: Any) -> float:  # noqa: ANN401 - a timestamp as a number or as text
    return float(date) if not isinstance(date, str) else datetime.fromisoformat(date).timestamp()


def _arn(aws: Aws, request: Document) -> str:
    place = f"arn:aws:autoscaling:{aws.settings.region}:{aws.settings.account}:scheduledAction"
    return f"{place}:resource/sagemaker/{request['ResourceId']}:scheduledActionName/{request['ScheduledActionName']}"
