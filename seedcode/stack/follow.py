"""Follows a stack's operation by its events, and finds the reason of a failure in them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.stack.report import Event, Reporter
from seedcode.stack.state import UNBORN, Client, Stack, describe

# A local AWS is done in a second, AWS in minutes and with few calls allowed: the pause grows.
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 4.0
GROWTH = 1.3
LONGEST_WAIT = 3600.0
# An operation is begun a moment after it was asked for; until its first event, a stack at rest is the old one.
LONGEST_BEGINNING = 30.0
STACK = "AWS::CloudFormation::Stack"
# What AWS says of resources that it stopped because another failed.
CANCELLED = ("cancelled", "canceled")


class Operation:
    """One create, update, import or delete of a stack; made before it is begun, to know what came before."""

    def __init__(self, cloudformation: Client, stack_id: str, only: Collection[str] | None = None) -> None:
        """`only` names the resources whose events are reported, where it is known that the others do not change."""
        self._cloudformation = cloudformation
        self._stack_id = stack_id
        self._only = only
        self._events: list[Event] = []
        newest = next(self._pages(), [])  # a long history has many pages, none of which this operation adds to
        self._seen = {event["EventId"] for event in newest}
        self._before = max((event["Timestamp"] for event in newest), default=datetime.min.replace(tzinfo=UTC))

    def follow(self, reporter: Reporter) -> Stack:
        """Report each event until the stack rests; answer the stack as it then is."""
        pause, begun = FIRST_PAUSE, time.monotonic()
        while True:
            # Described first: what happens between the two calls is still read.
            stack = describe(self._cloudformation, self._stack_id)
            self._report(reporter)
            if stack is None:
                raise StackError("The stack has gone while it was worked on; deploy again.")
            waited = time.monotonic() - begun
            if not stack.busy and stack.status != UNBORN and (self._events or waited > LONGEST_BEGINNING):
                return stack
            if waited > LONGEST_WAIT:
                raise StackError(f"The stack {stack.name} is still {stack.status} after {LONGEST_WAIT / 60:.0f} min.")
            time.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE)

    def reason(self) -> str:
        """Why it failed: the first resource that failed by itself, in its own words."""
        return find_reason(self._events)

    def _report(self, reporter: Reporter) -> None:
        new = self._read()
        self._seen.update(event["EventId"] for event in new)
        for raw in reversed(new):
            event = _event(raw)
            self._events.append(event)
            if self._only is None or event.logical_id in self._only or event.failed or event.type == STACK:
                reporter.event(event)

    def _read(self) -> list[dict[str, Any]]:
        """The operation's events not seen yet, newest first: pages are read until one has another.

        Two resources change at once, so an event can come behind one that was seen.
        """
        found: list[dict[str, Any]] = []
        for page in self._pages():
            new = [each for each in page if each["EventId"] not in self._seen and each["Timestamp"] >= self._before]
            found += new
            if len(new) < len(page):
                break
        return found

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        """The stack's events a page each, newest first; none where the stack is not there."""
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._stack_id)
        try:
            yield from (page["StackEvents"] for page in pages)
        except ClientError as error:
            if "does not exist" not in str(error):
                raise


def find_reason(events: Sequence[Event]) -> str:
    """The first cause among an operation's events, oldest first; resources that were only cancelled are no cause."""
    failed = [event for event in events if event.failed and event.type != STACK]
    causes = [event for event in failed if not any(word in event.reason for word in CANCELLED)]
    for event in causes or failed:
        return f"{event.logical_id} ({event.type}): {event.reason or 'it gave no reason'}"
    given = [event.reason for event in events if event.reason and ("ROLLBACK" in event.status or event.failed)]
    return given[0] if given else "no resource gave a reason"


def _event(raw: dict[str, Any]) -> Event:
    return Event(
        at=raw["Timestamp"],
        logical_id=raw["LogicalResourceId"],
        type=raw["ResourceType"],
        status=raw["ResourceStatus"],
        reason=raw.get("ResourceStatusReason", ""),
    )
