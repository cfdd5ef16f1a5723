"""Where each step lies along the time in which any step ran."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.page.execution.spans import lay_out_steps
from console.progress.snapshot import StepView

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _step(name: str, start: int, end: int | None) -> StepView:
    began = NOW + timedelta(seconds=start)
    return StepView(name, "Processing", 0, "Succeeded", began, None if end is None else NOW + timedelta(seconds=end))


def test_steps_lie_one_after_the_other_and_side_by_side_where_they_ran_so() -> None:
    bars, whole = lay_out_steps([_step("b", 10, 30), _step("a", 0, 10), _step("c", 20, 40)], NOW)
    assert whole == 40
    assert [(bar.step.name, bar.left, bar.width) for bar in bars] == [("a", 0, 0.25), ("b", 0.25, 0.5), ("c", 0.5, 0.5)]


def test_an_hour_between_a_failure_and_its_retry_takes_no_place() -> None:
    bars, whole = lay_out_steps([_step("a", 0, 10), _step("b", 3_610, 3_620)], NOW)
    assert (whole, bars[1].left, bars[1].width) == (20, 0.5, 0.5)


def test_a_step_that_runs_reaches_to_now_and_one_that_waits_has_no_bar() -> None:
    waiting = StepView("w", "Training", 0, "Waiting")
    bars, whole = lay_out_steps([_step("a", 0, None), waiting], NOW + timedelta(seconds=5))
    assert ([bar.step.name for bar in bars], whole) == (["a"], 5)


def test_steps_that_took_no_time_are_shown_still() -> None:
    bars, whole = lay_out_steps([_step("a", 0, 0)], NOW)
    assert (whole, bars[0].width) == (0, pytest.approx(1))
