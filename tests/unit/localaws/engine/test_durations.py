"""Durations as definitions write them."""

from __future__ import annotations

import pytest

from localaws.engine.definition import seconds

DAY = 86_400


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("30d", 30 * DAY),
        ("P30D", 30 * DAY),
        ("PT12H", 43_200),
        ("T12H", 43_200),
        ("P1W", 7 * DAY),
        ("P1M", 30 * DAY),
        ("PT1M", 60),
        ("P1Y", 365 * DAY),
        ("P1DT1H1M1S", DAY + 3_661),
    ],
)
def test_a_duration_is_read_in_seconds(duration: str, expected: int) -> None:
    assert seconds(duration) == expected


@pytest.mark.parametrize("duration", ["", "P", "PT", "30", "soon", "P30", "D30", "P1D2H", "-P1D"])
def test_what_is_no_duration_is_refused_with_examples(duration: str) -> None:
    with pytest.raises(ValueError, match="must be an ISO 8601 duration such as P30D or PT12H"):
        seconds(duration)
