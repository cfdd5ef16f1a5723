"""Numbers from 0 to 1, checked: nothing compares with NaN, and a threshold may come as text from a template."""

from __future__ import annotations

import math

from filter_confidence.errors import BadRequest


def unit_number(value: object, name: str) -> float:
    """The value as a number from 0 to 1; raises BadRequest."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and 0 <= number <= 1):
        raise BadRequest(f"{name} is {str(value)[:40]!r}: give a number from 0 to 1.")
    return number
