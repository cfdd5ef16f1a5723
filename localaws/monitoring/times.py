"""When a schedule is due, and which time its executions analyse. Pure: the clock comes from the caller.

AWS knows `cron(0 * ? * * *)`, `cron(0 17 ? * * *)`, `cron(0 17/12 ? * * *)` and `NOW`, all in UTC. It starts an
execution up to 20 minutes after it is due; here it starts at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from localaws import errors
from localaws.shapes import Document

NOW = "NOW"
# Without an expression, AWS takes an hour of its own choice for a daily schedule; this is ours.
_DAILY = "cron(0 0 ? * * *)"
_CRON = re.compile(r"cron\(0 (?:\*|(?P<first>[01]?\d|2[0-3])(?:/(?P<every>0?[1-9]|1\d|2[0-4]))?) \? \* \* \*\)")
_OFFSET = re.compile(
    r"(?P<sign>[+-])?P(?=.)(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_HOUR = timedelta(hours=1)
_LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Window:
    """The time that an execution analyses, its end not included."""

    start: datetime
    end: datetime

    def hours(self) -> list[datetime]:
        """The hours that the window touches; captures lie in a folder an hour."""
        first = self.start.replace(minute=0, second=0, microsecond=0)
        return [first + index * _HOUR for index in range(-((first - self.end) // _HOUR))]


def check(config: Document, endpoint_input: Document) -> None:
    """Refuse a ScheduleConfig that AWS does not take, and windows that are no windows."""
    scheduled = datetime(2000, 1, 1)  # any time: only differences count
    _hours(config)
    given = [name for name in ("DataAnalysisStartTime", "DataAnalysisEndTime") if name in config]
    if len(given) != 2 and (given or is_once(config)):
        raise errors.validation(
            "DataAnalysisStartTime and DataAnalysisEndTime are given both or not at all, and both are required when "
            f"ScheduleExpression is NOW; given was {' '.join(given) or 'neither'}."
        )
    window = analysed(config, endpoint_input, scheduled)
    if not timedelta() < window.end - window.start <= _LONGEST:
        raise errors.validation(
            "DataAnalysisStartTime must be before DataAnalysisEndTime, and by no more than 24 hours; given were "
            f"{config.get('DataAnalysisStartTime')} and {config.get('DataAnalysisEndTime')}."
        )


def is_once(config: Document) -> bool:
    """Whether the schedule runs one time, at once."""
    return bool(config.get("ScheduleExpression") == NOW)


def next_due(config: Document, after: datetime) -> datetime:
    """The first due time later than `after`; for NOW it is `after` itself, up to the second that is not yet over.

    A window's ends are given in whole seconds, and what was captured in this very second belongs to it.
    """
    if is_once(config):
        return after + timedelta(microseconds=-after.microsecond % 1_000_000)
    hour = after.replace(minute=0, second=0, microsecond=0) + _HOUR
    due = _hours(config)
    while hour.hour not in due:
        hour += _HOUR
    return hour


def analysed(config: Document, endpoint_input: Document, scheduled: datetime) -> Window:
    """What an execution due at `scheduled` analyses: what the offsets say, or all since the due time before."""
    if "DataAnalysisStartTime" in config:
        start = scheduled + offset(config["DataAnalysisStartTime"])
        end = scheduled + offset(config["DataAnalysisEndTime"])
    else:
        start, end = scheduled - _HOUR, scheduled
        due = _hours(config)
        while due and start.hour not in due:
            start -= _HOUR
    return Window(
        start + offset(endpoint_input.get("StartTimeOffset", "PT0S")),
        end + offset(endpoint_input.get("EndTimeOffset", "PT0S")),
    )


def offset(text: str) -> timedelta:
    """An ISO 8601 duration with a sign, such as -PT1H."""
    found = _OFFSET.fullmatch(text)
    if not found:
        raise errors.validation(f"{text!r} is not an offset; give an ISO 8601 duration such as -PT1H or -P1D.")
    parts = {unit: int(number) for unit, number in found.groupdict(default="0").items() if unit != "sign"}
    duration = timedelta(**parts)
    return -duration if found["sign"] == "-" else duration


def _hours(config: Document) -> frozenset[int]:
    """The hours of the day at which a schedule is due; none for NOW."""
    expression = config.get("ScheduleExpression", _DAILY)
    if expression == NOW:
        return frozenset()
    found = _CRON.fullmatch(expression)
    if not found:
        raise errors.validation(
            f"ScheduleExpression {expression!r} is not supported; supported are cron(0 * ? * * *), cron(0 17 ? * * *), "
            "cron(0 17/12 ? * * *) with hours from 0 to 23 and steps from 1 to 24, and NOW."
        )
    first = int(found["first"] or 0)
    every = int(found["every"] or (24 if found["first"] else 1))
    return frozenset(hour for hour in range(24) if (hour - first) % 24 % every == 0)
