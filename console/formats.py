"""Times, durations and sizes as commands and page write them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

_UNITS = ("bytes", "KB", "MB", "GB")


def moment(value: datetime | None) -> str:
    """A point in time with its date, in the local time zone."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S") if value else ""


def duration(seconds: float) -> str:
    """Seconds as a person writes them: 12 s, 3 min 05 s, 1 h 02 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def elapsed(start: datetime | None, end: datetime | None, now: float | None = None) -> float:
    """Seconds from start to end, or to now while there is no end."""
    if start is None:
        return 0.0
    return (end.timestamp() if end else now or time.time()) - start.timestamp()


def add_up(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that are in at least one of the spans; what is between them counts for nothing."""
    seconds, until = 0.0, None
    for start, end in sorted(spans):
        begin = start if until is None else max(start, until)
        seconds += max(0.0, (end - begin).total_seconds())
        until = end if until is None else max(until, end)
    return seconds


def took(start: datetime | None, end: datetime | None, now: float | None = None) -> str:
    """How long it took, or has taken so far; empty before the start."""
    return duration(max(0.0, elapsed(start, end, now))) if start else ""


def ago(value: datetime | None, now: float | None = None) -> str:
    """How long ago, in its largest unit: 5 s ago, 3 min ago, 2 h ago, 4 days ago."""
    if value is None:
        return ""
    seconds = max(0.0, elapsed(value, None, now))
    for length, unit in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''} ago"
    return f"{int(seconds)} s ago"


def size(count: int) -> str:
    """A number of bytes: 312 bytes, 4.2 MB."""
    value = float(count)
    for unit in _UNITS:
        if value < 1_000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1_000
    return f"{value:.1f} TB"


def shorten(text: str, length: int) -> str:
    """The text, cut to a length with an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"
