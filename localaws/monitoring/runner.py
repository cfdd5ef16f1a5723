"""Starts the monitoring schedules that are due, and puts changes of them into effect.

AWS starts an execution within 20 minutes of its due time; a due time that is longer ago, because the
laptop slept or nothing ran, is left out and the schedule goes on with the next one. One that was only just missed runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from localaws.clock import LATEST, DueRunner, at
from localaws.monitoring import executions, times
from localaws.monitoring.records import SCHEDULE
from localaws.shapes import Document

logger = logging.getLogger(__name__)


class Runner(DueRunner):
    """Starts the executions of monitoring schedules."""

    kind, key = SCHEDULE, "MonitoringScheduleName"

    def _take(self, schedule: Document) -> Callable[[], None] | None:
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
        if not once and now - at(due) > LATEST:
            logger.warning("%s was due at %s, which is too long ago", schedule["MonitoringScheduleName"], at(due))
            return None
        key = executions.begin(self._aws, schedule, due)
        return partial(self._aws.tasks.start, key, partial(executions.run, self._aws, schedule, key))

    def _settle(self, schedule: Document) -> None:
        """A created, updated, started or stopped schedule becomes what was asked, with a due time from the clock."""
        config = schedule["MonitoringScheduleConfig"].get("ScheduleConfig", {})
        wanted = schedule["Wanted"]
        due = times.next_due(config, self._now()).timestamp() if wanted == "Scheduled" else None
        self._aws.store.update(
            SCHEDULE, schedule["MonitoringScheduleName"], MonitoringScheduleStatus=wanted, NextTime=due
        )
