"""Whether a new version is better at dusk and no worse by day: on the same images, by a test."""

from __future__ import annotations

import numpy as np
import pytest

from console.commands.drift_demo import is_worth_approving
from console.drift.comparison import Compared, compare


def test_only_what_is_answered_differently_counts() -> None:
    old = np.array([True, True, False, False, True])
    new = np.array([True, False, True, True, True])
    assert compare(old, new) == Compared(old=0.6, new=0.8, fixed=2, broken=1)


@pytest.mark.parametrize(
    ("fixed", "broken", "verdict", "better", "worse"),
    [
        (10, 0, "better", 2**-10, 1),
        (0, 10, "worse", 1, 2**-10),
        (3, 3, "no worse", 0.65625, 0.65625),
        (0, 0, "no worse", 1, 1),
        (4, 0, "no worse", 2**-4, 1),
    ],
)
def test_the_verdict_is_mcnemar_s(fixed: int, broken: int, verdict: str, better: float, worse: float) -> None:
    found = Compared(0.5, 0.5, fixed, broken)
    assert found.verdict.startswith(f"{verdict} (p = ")
    assert (found.p_better, found.p_worse) == (pytest.approx(better), pytest.approx(worse))


BETTER, SAME, WORSE = Compared(0.6, 0.9, 60, 2), Compared(0.9, 0.9, 3, 4), Compared(0.9, 0.7, 1, 40)


@pytest.mark.parametrize(
    ("at_dusk", "by_day", "worth"),
    [(BETTER, SAME, True), (BETTER, BETTER, True), (BETTER, WORSE, False), (SAME, SAME, False), (WORSE, SAME, False)],
)
def test_only_a_version_that_is_better_at_dusk_and_no_worse_by_day_is_approved(
    at_dusk: Compared, by_day: Compared, *, worth: bool
) -> None:
    assert is_worth_approving(at_dusk, by_day) is worth
