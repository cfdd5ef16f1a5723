"""Curves over time end where data is missing, and an axis of fractions shows what matters."""

from __future__ import annotations

import pytest

from console.page.parts.curves import break_at_gaps, choose_range


def test_a_line_ends_at_a_gap_and_begins_again_after_it() -> None:
    minute = 60_000.0
    points = [(0.0, 1.0), (minute, 2.0), (10 * minute, 3.0)]
    assert break_at_gaps(points, 90) == [(0.0, 1.0), (minute, 2.0), (minute + 1, None), (10 * minute, 3.0)]


def test_points_that_are_no_times_are_never_broken() -> None:
    assert break_at_gaps([(1.0, 0.5), (90_000.0, 0.7)], 0) == [(1.0, 0.5), (90_000.0, 0.7)]


@pytest.mark.parametrize(
    ("values", "shown"),
    [((), (0.0, 1.0)), ((0.91, 0.97), (0.90, 1.0)), ((0.5,), (0.45, 0.55)), ((0.0, 1.0), (0.0, 1.0))],
)
def test_an_axis_of_fractions_shows_the_part_that_matters(
    values: tuple[float, ...], shown: tuple[float, float]
) -> None:
    assert choose_range(values) == pytest.approx(shown)
