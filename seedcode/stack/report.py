"""What a deployment tells while it runs; who listens decides how it looks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Change:
    """One line of a change set; `replacement` is True, False, Conditional or nothing."""

    action: str
    logical_id: str
    type: str
    replacement: str
    physical_id: str = ""
    # What becomes of a resource that is removed or replaced, where CloudFormation says so: Retain, ReplaceAndDelete ...
    policy: str = ""
    # Whether it is listed only because it refers to something that changes: it may turn out to stay as it is.
    follows: bool = False


@dataclass(frozen=True)
class Event:
    """What became of one resource."""

    at: datetime
    logical_id: str
    type: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether the resource failed by itself or with another."""
        return self.status.endswith("FAILED")


class Reporter(Protocol):
    """Who listens to a deployment."""

    def say(self, sentence: str) -> None:
        """One thing that was done or found."""

    def changes(self, changes: Sequence[Change]) -> None:
        """The change set that is to be executed."""

    def event(self, event: Event) -> None:
        """A resource's new status."""


class Silent:
    """Nobody listens."""

    def say(self, sentence: str) -> None:
        """Pass it over."""

    def changes(self, changes: Sequence[Change]) -> None:
        """Pass them over."""

    def event(self, event: Event) -> None:
        """Pass it over."""


class Lines:
    """Plain lines, as a build's log has them."""

    def say(self, sentence: str) -> None:
        """Print it."""
        _print(sentence)

    def changes(self, changes: Sequence[Change]) -> None:
        """Print a line for each."""
        for change in changes:
            replaced = f"  replacement: {change.replacement}" if change.replacement else ""
            _print(f"  {change.action:<8} {change.logical_id}  {change.type}{replaced}")

    def event(self, event: Event) -> None:
        """Print it with its time."""
        words = f"{event.at.astimezone():%H:%M:%S}  {event.status:<28} {event.logical_id}  {event.type}"
        _print(f"{words}  {event.reason}".rstrip())


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
