"""Hands over what is due, twice a second. The clock is a callable, so that tests need not wait for an hour.

A schedule's next due time is in the store and moves on in the transaction that records the delivery, so no due time is
delivered twice, whatever is killed when. AWS is never away; here a due time that is missed, because the laptop slept or
nothing ran, is made up for if it is less than 20 minutes ago or its flexible window is still open: the latest one only.
Within a flexible window AWS chooses a moment; here it is the first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from localaws import clock
from localaws.aws import Aws
from localaws.deliveries.deliveries import Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.scheduler import expressions, records, schedules
from localaws.scheduler.records import SCHEDULE
from localaws.shapes import Document

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 0.5
_LATEST = timedelta(minutes=20)


class Runner:
    """Checks every schedule; `now` answers the time."""

    def __init__(self, aws: Aws, deliveries: Deliveries, now: Callable[[], datetime] | None = None) -> None:
        self._aws = aws
        self._deliveries = deliveries
        self._now = now or (lambda: clock.read(aws.settings.home))

    def run(self) -> None:
        """Run until the local AWS stops."""
        while not self._aws.stopping.wait(_CHECK_SECONDS):
            self.start_due()

    def start_due(self) -> None:
        """Hand over what is due."""
        for schedule in self._aws.store.all(SCHEDULE):
            try:
                self._check(schedule["Key"])
            except Exception:
                # One schedule that cannot be read must not hold up the others.
                logger.exception("The schedule %s failed", schedule["Key"])

    def _check(self, key: str) -> None:
        with self._aws.store.transaction():
            # An API call may have changed or deleted it since the list was read.
            schedule = self._aws.store.get(SCHEDULE, key)
            delivery = self._take(schedule) if schedule else None
        if delivery:
            self._deliveries.begin(delivery)

    def _take(self, schedule: Document) -> Delivery | None:
        """Move a due schedule on, and record the delivery for its due time; None where nothing is to be delivered."""
        now = self._now()
        if schedule.get("NextTime") is None or records.at(schedule["NextTime"]) > now:
            return None
        following = records.next_due(schedule, now)
        due = self._made_up_for(schedule, now)
        if following is None and schedule["ActionAfterCompletion"] == "DELETE":
            self._aws.store.delete(SCHEDULE, schedule["Key"])
        else:
            self._aws.store.update(SCHEDULE, schedule["Key"], NextTime=following)
        if due is None:
            logger.warning("%s was due at %s, which is too long ago", schedule["Key"], records.at(schedule["NextTime"]))
            return None
        return self._deliveries.record(_delivery(schedule, due, now))

    def _made_up_for(self, schedule: Document, now: datetime) -> datetime | None:
        window = timedelta(minutes=schedule["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0))
        since = max(records.at(schedule["NextTime"]), now - max(_LATEST, window))
        expression, zone = schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]
        anchor = records.at(schedule.get("StartDate") or schedule["LastModificationDate"])
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
