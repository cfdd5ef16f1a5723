"""Times, sizes and names as the page writes them."""

from __future__ import annotations

import time
from datetime import datetime

from console.output import duration

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def ago(moment: datetime | None, now: float | None = None) -> str:
    """How long ago, in its largest unit: 5 s ago, 3 min ago, 2 h ago, 4 days ago."""
    if moment is None:
        return ""
    seconds = max(0.0, (time.time() if now is None else now) - moment.timestamp())
    for length, unit in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''} ago"
    return f"{int(seconds)} s ago"


def took(start: datetime | None, end: datetime | None, now: float | None = None) -> str:
    """How long it took, or has taken so far."""
    if start is None:
        return ""
    until = end.timestamp() if end else (time.time() if now is None else now)
    return duration(max(0.0, until - start.timestamp()))


def size(count: int) -> str:
    """A number of bytes: 312 bytes, 4.2 MB."""
    value = float(count)
    for unit in _UNITS:
        if value < 1_000 or unit == _UNITS[-1]:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1_000
    raise AssertionError("the last unit has no end")


def shortened(text: str, length: int) -> str:
    """The text, cut to a length with an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"
