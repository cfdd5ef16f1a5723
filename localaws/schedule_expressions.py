"""When a schedule is due: `at`, `rate` and `cron` expressions in a time zone. Pure: the clock comes from the caller.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from localaws.errors import validation
from localaws.ministack import services

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE = re.compile(r"rate\((\d{1,9}) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def check(expression: str, timezone: str) -> None:
    """Refuse, in AWS's words, an expression that it does not take, or a time zone that is none."""
    _zone(timezone)
    parts = _AT.fullmatch(expression), _RATE.fullmatch(expression)
    valid = (
        _instant(parts[0][1]) is not None if parts[0] else parts[1] is not None and _interval(expression) is not None
    )
    if not valid and services.cron_fields(expression) is None:
        raise validation(f"Invalid Schedule Expression {expression}.")


def check_of_rule(expression: str) -> None:
    """Refuse, in AWS's words, an expression that a rule of EventBridge does not take.

    There is no `at`, and a rate has its unit in the singular where it is 1, and there alone, which Scheduler does not
    ask for: https://github.com/buildkite/buildkite-agent-scaler/pull/100,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    """
    rate = _RATE.fullmatch(expression)
    counted = rate is not None and int(rate[1]) > 0 and (int(rate[1]) == 1) != expression.endswith("s)")
    if not counted and services.cron_fields(expression) is None:
        raise validation("Parameter ScheduleExpression is not valid.")


def is_once(expression: str) -> bool:
    """Whether the schedule runs one time."""
    return expression.startswith("at(")


def next_due(expression: str, timezone: str, anchor: datetime, after: datetime) -> datetime | None:
    """The first due time later than `after`, in UTC; None where there is none any more.

    `anchor` is from when on a rate counts: its first due time, then one each interval.
    """
    at = _AT.fullmatch(expression)
    if at:
        moment = datetime.fromisoformat(at[1]).replace(tzinfo=_zone(timezone)).astimezone(UTC)
        return moment if moment > after else None
    interval = _interval(expression)
    if interval is None:
        return _next_of_cron(expression, _zone(timezone), after)
    passed = (after - anchor) // interval + 1
    return anchor + max(passed, 0) * interval


def last_due(expression: str, timezone: str, anchor: datetime, since: datetime, until: datetime) -> datetime | None:
    """The latest due time from `since` on and not later than `until`; None where there is none."""
    found, due = None, next_due(expression, timezone, anchor, since - timedelta(microseconds=1))
    while due is not None and due <= until:
        found, due = due, next_due(expression, timezone, anchor, due)
    return found


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise validation(f"Invalid Schedule Expression Timezone {name}.") from error


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _interval(expression: str) -> timedelta | None:
    rate = _RATE.fullmatch(expression)
    if not rate or int(rate[1]) < 1:
        return None
    return timedelta(seconds=int(rate[1]) * _SECONDS[rate[2]])


def _next_of_cron(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    local: datetime | None = after.astimezone(zone)
    while local is not None:
        local = services.next_of_cron(expression, local)
        # A time that the clocks leave out in spring does not come.
        if local is not None and local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(
            tzinfo=None
        ):
            return local.astimezone(UTC)
    return None
