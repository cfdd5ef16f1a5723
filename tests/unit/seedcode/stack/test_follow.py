"""Following an operation, and why it failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seedcode.stack import follow
from seedcode.stack.follow import Operation, find_reason
from seedcode.stack.report import Event, Silent

STACK = "AWS::CloudFormation::Stack"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _raw(number: int, logical_id: str, status: str, reason: str = "", kind: str = "AWS::S3::Bucket") -> dict[str, Any]:
    raw = {
        "EventId": str(number),
        "Timestamp": NOW + timedelta(seconds=number),
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
    }
    return {**raw, "ResourceStatus": status, "ResourceStatusReason": reason}


class _CloudFormation:
    """Events come `size` a page, newest first; the status is the last that the script has."""

    size = 2

    def __init__(self, statuses: list[str]) -> None:
        self.statuses = statuses
        self.events: list[dict[str, Any]] = []
        self.pages_read = 0

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return {"Stacks": [{"StackName": StackName, "StackId": StackName, "StackStatus": status}]}

    def get_paginator(self, _: str) -> _CloudFormation:
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        newest = list(reversed(self.events))
        for start in range(0, len(newest), self.size):
            self.pages_read += 1
            yield {"StackEvents": newest[start : start + self.size]}


class _Seen(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def event(self, event: Event) -> None:
        self.lines.append(f"{event.logical_id} {event.status}")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "FIRST_PAUSE", 0.001)


def test_every_event_is_reported_once_in_the_order_in_which_it_happened() -> None:
    aws = _CloudFormation(["CREATE_IN_PROGRESS", "CREATE_COMPLETE"])
    aws.events = [_raw(0, "old", "CREATE_COMPLETE")]
    operation = Operation(aws, "scones")
    aws.events += [_raw(n, f"r{n}", "CREATE_COMPLETE") for n in range(1, 6)]
    seen = _Seen()
    assert operation.follow(seen).status == "CREATE_COMPLETE"
    assert seen.lines == [f"r{n} CREATE_COMPLETE" for n in range(1, 6)]


def test_pages_of_long_ago_are_not_read() -> None:
    aws = _CloudFormation(["UPDATE_COMPLETE"])
    aws.events = [_raw(n, "old", "CREATE_COMPLETE") for n in range(100)]
    operation = Operation(aws, "scones")
    assert aws.pages_read == 1
    aws.events.append(_raw(100, "new", "UPDATE_COMPLETE"))
    seen = _Seen()
    operation.follow(seen)
    assert (aws.pages_read, seen.lines) == (2, ["new UPDATE_COMPLETE"])


def test_an_event_that_comes_behind_one_that_was_seen_is_reported() -> None:
    aws = _CloudFormation(["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"])
    aws.events = [_raw(n, "old", "CREATE_COMPLETE") for n in (1, 2)]
    operation = Operation(aws, "scones")
    aws.events.append(_raw(5, "second", "UPDATE_COMPLETE"))
    seen = _Seen()
    operation._report(seen)
    aws.events.insert(2, _raw(4, "first", "UPDATE_FAILED"))
    operation.follow(seen)
    assert seen.lines == ["second UPDATE_COMPLETE", "first UPDATE_FAILED"]


def test_an_old_event_is_not_reported_where_the_page_before_the_operation_was_shorter() -> None:
    aws = _CloudFormation(["UPDATE_COMPLETE"])
    aws.events = [_raw(n, "old", "CREATE_COMPLETE") for n in range(3)]
    aws.size = 1
    operation = Operation(aws, "scones")
    aws.events.append(_raw(3, "new", "UPDATE_COMPLETE"))
    aws.size = 4
    seen = _Seen()
    operation.follow(seen)
    assert seen.lines == ["new UPDATE_COMPLETE"]


def test_of_a_page_only_what_is_new_is_reported() -> None:
    aws = _CloudFormation(["UPDATE_COMPLETE"])
    aws.events = [_raw(n, "old", "CREATE_COMPLETE") for n in range(4)]
    operation = Operation(aws, "scones")
    aws.events += [_raw(n, f"r{n}", "UPDATE_COMPLETE") for n in (4, 5, 6)]  # the second page has an old one as well
    seen = _Seen()
    operation.follow(seen)
    assert seen.lines == [f"r{n} UPDATE_COMPLETE" for n in (4, 5, 6)]


def test_a_stack_at_rest_is_not_the_end_before_the_operation_has_begun() -> None:
    aws = _BeginsLate(["UPDATE_COMPLETE"])
    assert Operation(aws, "scones").follow(_Seen()).status == "UPDATE_ROLLBACK_COMPLETE"


class _BeginsLate(_CloudFormation):
    """CloudFormation tells of the operation with the third answer."""

    asked = 0

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        self.asked += 1
        if self.asked == 3:
            self.events.append(_raw(1, "scones", "UPDATE_IN_PROGRESS", kind=STACK))
            self.statuses = ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
        return super().describe_stacks(StackName)


def test_resources_that_do_not_change_are_passed_over_unless_they_fail() -> None:
    aws = _CloudFormation(["UPDATE_COMPLETE"])
    operation = Operation(aws, "scones", {"mine"})
    aws.events = [
        _raw(1, "scones", "UPDATE_IN_PROGRESS", kind=STACK),
        _raw(2, "mine", "UPDATE_COMPLETE"),
        _raw(3, "other", "UPDATE_COMPLETE"),
        _raw(4, "broken", "UPDATE_FAILED", "no"),
    ]
    seen = _Seen()
    operation.follow(seen)
    assert seen.lines == ["scones UPDATE_IN_PROGRESS", "mine UPDATE_COMPLETE", "broken UPDATE_FAILED"]


def _event(logical_id: str, status: str, reason: str, kind: str = "AWS::S3::Bucket") -> Event:
    return Event(NOW, logical_id, kind, status, reason)


def test_the_reason_is_the_first_cause_and_not_what_was_cancelled_for_it() -> None:
    events = [
        _event("scones", "CREATE_IN_PROGRESS", "User Initiated", STACK),
        _event("Queue", "CREATE_FAILED", "Resource creation cancelled"),
        _event("Bucket", "CREATE_FAILED", "scones-1 already exists"),
        _event("Role", "CREATE_FAILED", "Resource creation Cancelled by user: cancelled"),
        _event("scones", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed", STACK),
    ]
    assert find_reason(events) == "Bucket (AWS::S3::Bucket): scones-1 already exists"


def test_where_no_resource_failed_the_stacks_own_reason_is_reported() -> None:
    events = [_event("scones", "UPDATE_ROLLBACK_IN_PROGRESS", "Cancelled by a person", STACK)]
    assert find_reason(events) == "Cancelled by a person"
    assert find_reason([]) == "no resource gave a reason"
