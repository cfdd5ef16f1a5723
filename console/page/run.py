"""One run as the table shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.executions import ENDED
from console.formats import elapsed


@dataclass(frozen=True)
class Details:
    """What AWS's list leaves out.

    `changed` is when AWS changed the execution last, `seconds` how long a step ran, without the time between a failure
    and its retry; `metrics` are the single numbers of the run's reports.
    """

    changed: datetime
    end: datetime | None
    seconds: float
    profile: str
    trigger: str
    started_by: str
    start_reason: str
    commit: str
    note: str
    version: int | None
    parameters: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One execution of the training pipeline; details are None until they have been read."""

    arn: str
    id: str
    name: str
    status: str
    start: datetime
    reason: str = ""
    details: Details | None = None

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def seconds(self) -> float | None:
        """How long it has worked; None until that is known."""
        if self.details is None:
            return None
        return self.details.seconds if self.ended else elapsed(self.start, None)


@dataclass(frozen=True)
class Runs:
    """The runs that are known, newest first; `listed` where these are all."""

    rows: tuple[Run, ...]
    listed: bool

    @property
    def unread(self) -> int:
        """How many are without details still."""
        return sum(row.details is None for row in self.rows)

    @property
    def busy(self) -> bool:
        return any(not row.ended for row in self.rows)
