"""What both backends of the drift check have: a schedule, runs, and the report that a run leaves in S3."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

ENDED = ("Completed", "CompletedWithViolations", "Failed", "Stopped")
UNSUCCESSFUL = ("Failed", "Stopped")
VIOLATIONS = "CompletedWithViolations"

Once = Callable[[Hashable, Callable[[], Any]], Any]
"""Reads an answer that never changes, or gives back what it was the first time."""


@dataclass(frozen=True)
class Schedule:
    """The hourly schedule; `status` is a word of Model Monitor's, `baseline` the address of the live version's."""

    name: str
    status: str
    expression: str
    baseline: str


@dataclass(frozen=True)
class Run:
    """One run. `arn` is that of the pipeline's execution or of Model Monitor's job, empty where there is none."""

    arn: str
    at: datetime
    status: str
    by: str
    reason: str = ""
    report: str = ""  # the address of its files, where it has left them

    @property
    def id(self) -> str:
        """The last part of the ARN, by which `scones logs` finds an execution."""
        return self.arn.rsplit("/", 1)[-1]


class Backend(Protocol):
    """How a stack checks for drift."""

    def schedule(self) -> Schedule:
        """The hourly schedule."""

    def runs(self, most: int) -> list[Run]:
        """The newest runs, those that a person started included."""

    def start(self, hours: int) -> str:
        """Start a run over the past hours up to now; answers the name under which `find` knows it."""

    def find(self, name: str) -> Run | None:
        """A run that was started; None while it is not there yet."""


def read_always(_: Hashable, read: Callable[[], Any]) -> Any:  # noqa: ANN401 - what is read
    """Remember nothing."""
    return read()
