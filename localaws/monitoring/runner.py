"""Starts what is due, twice a second. The clock is a callable, so that tests need not wait for an hour.

A schedule's next due time is in the store and moves on in the transaction that records the execution, so no hour is
analysed twice. AWS starts an execution within 20 minutes of its due time; a due time that is longer ago, because the
laptop slept or nothing ran, is left out and the schedule goes on with the next one. One that was only just missed runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from localaws import clock
from localaws.aws import Aws
from localaws.monitoring import executions, times
from localaws.monitoring.records import SCHEDULE, at
from localaws.shapes import Document

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 0.5
_LATEST = timedelta(minutes=20)


class Runner:
    """Checks every schedule; `now` answers the time."""

    def __init__(self, aws: Aws, now: Callable[[], datetime] | None = None) -> None:
        self._aws = aws
        self._now = now or (lambda: clock.read(aws.settings.home))

    def run(self) -> None:
        """Run until the local AWS stops."""
        while not self._aws.stopping.wait(_CHECK_SECONDS):
            self.start_due()

    def start_due(self) -> None:
        """Put pending changes into effect, then start every execution that is due."""
        for schedule in self._aws.store.all(SCHEDULE):
            try:
                self._check(schedule["MonitoringScheduleName"])
            except Exception:
                # One schedule that cannot be read must not hold up the others.
                logger.exception("The monitoring schedule %s failed", schedule["MonitoringScheduleName"])

    def _check(self, name: str) -> None:
        with self._aws.store.transaction():
            # An API call may have changed or deleted it since the list was read.
            schedule = self._aws.store.get(SCHEDULE, name)
            key = self._take(schedule) if schedule else None
        if schedule and key:
            self._aws.tasks.start(key, partial(executions.run, self._aws, schedule, key))

    def _take(self, schedule: Document) -> str | None:
        if schedule["MonitoringScheduleStatus"] == "Pending":
            self._settle(schedule)
            return None
        due, now = schedule.get("NextTime"), self._now()
        if schedule["MonitoringScheduleStatus"] != "Scheduled" or due is None or at(due) > now:
            return None
        config = schedule["MonitoringScheduleConfig"].get("ScheduleConfig", {})
        once = times.is_once(config)
        following = None if once else times.next_due(config, now).timestamp()
        self._aws.store.update(SCHEDULE, schedule["MonitoringScheduleName"], NextTime=following)
        if not once and now - at(due) > _LATEST:
            logger.warning("%s was due at %s, which is too long ago", schedule["MonitoringScheduleName"], at(due))
            return None
        return executions.begin(self._aws, schedule, due)

    def _settle(self, schedule: Document) -> None:
        """A created, updated, started or stopped schedule becomes what was asked, with a due time from the clock."""
        config = schedule["MonitoringScheduleConfig"].get("ScheduleConfig", {})
        wanted = schedule["Wanted"]
        due = times.next_due(config, self._now()).timestamp() if wanted == "Scheduled" else None
        self._aws.store.update(
            SCHEDULE, schedule["MonitoringScheduleName"], MonitoringScheduleStatus=wanted, NextTime=due
        )
