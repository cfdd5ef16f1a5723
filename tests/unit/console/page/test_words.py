"""What the page says in words: alarms in short, what a decision will do; and where a chart has no line."""

from __future__ import annotations

import pytest

from console.page.endpoint.panel import count_alarms
from console.page.endpoint.reader import Alarm
from console.page.parts.curves import choose_range, leave_gaps
from console.page.version.panel import describe_decision


def test_alarms_are_told_in_short() -> None:
    alarms = [Alarm(state, state, "", None) for state in ("OK", "OK", "ALARM")]
    assert count_alarms(alarms) == "2 OK, 1 in alarm"
    assert count_alarms([]) == "There are none."


@pytest.mark.parametrize(
    ("status", "live", "question"),
    [
        ("Approved", None, "Approve version 3? It is deployed and serves."),
        ("Approved", "2", "Approve version 3? It is deployed and serves in place of version 2."),
        ("Rejected", "2", "Reject version 3? It is not live; nothing is deployed."),
        ("Rejected", "3", "Reject version 3? It is live: the version that was approved before it is deployed again."),
    ],
)
def test_a_decision_says_before_what_it_will_do(status: str, live: str | None, question: str) -> None:
    assert describe_decision(status, 3, live) == question


def test_minutes_without_figures_are_a_gap() -> None:
    assert leave_gaps([(0, 1.0), (60_000, 2.0), (240_000, 3.0)]) == [
        (0, 1.0),
        (60_000, 2.0),
        (60_001, None),
        (240_000, 3.0),
    ]


@pytest.mark.parametrize(
    ("values", "shown"),
    [((), (0.0, 1.0)), ((0.91, 0.97), (0.90, 1.0)), ((0.5,), (0.45, 0.55)), ((0.0, 1.0), (0.0, 1.0))],
)
def test_an_axis_of_fractions_shows_the_part_that_matters(
    values: tuple[float, ...], shown: tuple[float, float]
) -> None:
    assert choose_range(values) == pytest.approx(shown)
