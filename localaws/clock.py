"""The time of day by which schedules come due, and what starts those that are due.

The time is this machine's, in UTC, and what a test lets pass beside it.

`SCONES_HOME/schedules-clock` holds seconds that are added. Nobody but a test writes it: it waits for no full hour. What
is started for a due time believes in that time, all else goes by this machine's clock.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from localaws.aws import Aws
from localaws.shapes import Document

logger = logging.getLogger(__name__)

FILE = "schedules-clock"
LATEST = timedelta(minutes=20)
"""How long ago a due time may be that is still made up for."""
_CHECK_SECONDS = 0.5


def read(home: Path) -> datetime:
    """The schedules' time of day; a file without a number adds nothing."""
    try:
        ahead = float((home / FILE).read_text(encoding="ascii"))
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=ahead)
    except (OSError, ValueError, OverflowError):
        return datetime.fromtimestamp(time.time(), UTC)


def at(seconds: float) -> datetime:
    """A stored time as a datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


class DueRunner(ABC):
    """Checks every schedule of a kind, twice a second. The clock is a callable: tests need not wait for an hour.

    A schedule's next due time is in the store and moves on in the transaction that records what is started for it, so
    nothing is started twice, whatever is killed when.
    """

    kind: str
    key: str  # the member by which a schedule is stored

    def __init__(self, aws: Aws, now: Callable[[], datetime] | None = None) -> None:
        self._aws = aws
        self._now = now or (lambda: read(aws.settings.home))

    def run(self) -> None:
        """Run until the local AWS stops."""
        while not self._aws.stopping.wait(_CHECK_SECONDS):
            self.start_due()

    def start_due(self) -> None:
        """Start all that is due."""
        for schedule in self._aws.store.all(self.kind):
            try:
                self._check(schedule[self.key])
            except Exception:
                # One schedule that cannot be read must not hold up the others.
                logger.exception("The %s %s failed", self.kind.replace("-", " "), schedule[self.key])

    def _check(self, key: str) -> None:
        with self._aws.store.transaction():
            # An API call may have changed or deleted it since the list was read.
            schedule = self._aws.store.get(self.kind, key)
            start = self._take(schedule) if schedule else None
        if start:
            start()

    @abstractmethod
    def _take(self, schedule: Document) -> Callable[[], None] | None:
        """Move a due schedule on, record what is to be started, and answer what starts it; None where nothing is."""
