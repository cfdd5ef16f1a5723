"""Hands over what is due.

AWS is never away; here a due time that is missed, because the laptop slept or nothing ran, is made up for if it is
less than 20 minutes ago or its flexible window is still open: the latest one only. Within a flexible window AWS chooses
a moment; here it is the first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from localaws import schedule_expressions as expressions
from localaws.aws import Aws
from localaws.clock import LATEST, DueRunner, at
from localaws.deliveries.deliveries import Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.scheduler import records, schedules
from localaws.scheduler.records import SCHEDULE
from localaws.shapes import Document

logger = logging.getLogger(__name__)


class Runner(DueRunner):
    """Hands over the deliveries of EventBridge Scheduler's schedules."""

    kind, key = SCHEDULE, "Key"

    def __init__(self, aws: Aws, deliveries: Deliveries, now: Callable[[], datetime] | None = None) -> None:
        super().__init__(aws, now)
        self._deliveries = deliveries

    def _take(self, schedule: Document) -> Callable[[], None] | None:
        now = self._now()
        if schedule.get("NextTime") is None or at(schedule["NextTime"]) > now:
            return None
        following = records.next_due(schedule, now)
        due = self._made_up_for(schedule, now)
        if following is None and schedule["ActionAfterCompletion"] == "DELETE":
            self._aws.store.delete(SCHEDULE, schedule["Key"])
        else:
            self._aws.store.update(SCHEDULE, schedule["Key"], NextTime=following)
        if due is None:
            logger.warning("%s was due at %s, which is too long ago", schedule["Key"], at(schedule["NextTime"]))
            return None
        return partial(self._deliveries.begin, self._deliveries.record(_delivery(schedule, due, now)))

    def _made_up_for(self, schedule: Document, now: datetime) -> datetime | None:
        window = timedelta(minutes=schedule["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0))
        since = max(at(schedule["NextTime"]), now - max(LATEST, window))
        expression, zone = schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]
        anchor = at(schedule.get("StartDate") or schedule["LastModificationDate"])
        return expressions.last_due(expression, zone, anchor, since, now)


def _delivery(schedule: Document, due: datetime, now: datetime) -> Delivery:
    return Delivery(
        source=schedule["Arn"],
        principal=schedules.PRINCIPAL,
        target=schedule["Target"],
        scheduled=due.timestamp(),
        began=now.timestamp(),
        event={},
    )
