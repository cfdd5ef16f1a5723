"""Durations as definitions write them, such as when a cached result expires."""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"P?(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)
_UNITS = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)


def seconds(duration: str) -> int:
    """An ISO 8601 duration such as P30D, PT12H or (as the SDK's examples write) 30d."""
    match = _DURATION.fullmatch(duration)
    if not match or not any(match.groups()):
        raise ValueError(f"ExpireAfter is {duration!r}; it must be an ISO 8601 duration such as P30D or PT12H.")
    return sum(int(number) * unit for number, unit in zip(match.groups(), _UNITS, strict=True) if number)
