"""The page of benchmarks, its goals and its charts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import charts, report, results, usage
from benchmarks.figures import Measured, Series
from benchmarks.goals import Goal, first_of, growth, growth_of, median_of, overhead_share, ratio_to
from benchmarks.topics import CHOICES
from benchmarks.verdicts import GOALS

CONDITIONS = {
    "date": "2026-11-24 16:00 UTC",
    "machine": "2 cores, some processor",
    "python": "3.11.7",
    "load": "1.0 (1 min), 1.0 (5 min)",
    "threads": "OMP_NUM_THREADS=1",
    "kind": "full",
}


def measured(*series: Series) -> Measured:
    return Measured("pipeline", "ours", series, ("A note.",), CONDITIONS)


def further(who: str, *values: float, what: str = "a further step") -> Series:
    return Series(what, who, "ms", values)


PIPELINE = measured(further("ours", 60), further("bare processes", 20), further("A", 220), further("B", 420))


def test_the_page_shows_each_candidate_with_spread_rounds_and_ratio() -> None:
    page = report.page({"pipeline": measured(further("ours", 1, 2, 9), further("peer", 4, 8, 36))}, "Kept words.")
    assert "| a further step | peer | 8 ms | 4 to 36 | 3 | 4 |" in page
    assert "| a further step | ours | 2 ms | 1 to 9 | 3 |  |" in page


def test_the_page_says_where_and_when_and_keeps_the_words_of_people() -> None:
    page = report.page({"pipeline": PIPELINE}, "## Kept\n\nKept words.\n")
    assert "2 cores, some processor" in page and "load before 1.0" in page and "- A note." in page
    assert page.endswith("Kept words.\n")


def test_a_topic_that_was_not_measured_is_left_out_and_its_goals_say_so() -> None:
    page = report.page({}, "")
    assert CHOICES["demo"] not in page
    assert page.count("not measured") == len(GOALS)


def test_the_share_of_the_best_peer_leaves_the_bare_process_out() -> None:
    assert overhead_share(PIPELINE) == pytest.approx(0.2)


def test_growth_compares_late_steps_with_early_ones() -> None:
    assert growth(measured(further("ours", 10), further("ours", 12, what="a further step beyond 50"))) == 1.2


def test_growth_of_one_figure_from_another_needs_both() -> None:
    memory = growth_of("many", "few")
    assert memory(measured(further("ours", 200, what="few"), further("ours", 210, what="many"))) == 1.05
    assert memory(measured(further("ours", 200, what="few"))) is None


def test_a_program_s_cost_is_its_own_and_not_that_of_what_starts_it() -> None:
    held = b"1" * (64 << 20)
    cost = usage.run([sys.executable, "-c", "print('not to standard output')"], os.environ)
    assert cost.cpu > 0 and cost.seconds > 0 and cost.memory < len(held) / 2**20
    with pytest.raises(SystemExit, match="worthless"):
        usage.run([sys.executable, "-c", "raise SystemExit(3)"], os.environ)


def test_a_goal_that_is_missed_says_by_how_much_and_why() -> None:
    goal = Goal("pipeline", "Quick.", median_of("a further step"), 30, why="It is slow.")
    assert goal.verdict(PIPELINE) == "**missed** by a factor of 2: 60. It is slow."


def test_a_goal_that_is_met_gives_its_figure() -> None:
    goal = Goal("pipeline", "Quick.", ratio_to("a further step", "B"), 5, at_most=False)
    assert goal.verdict(PIPELINE) == "met: 7"


def test_the_largest_size_that_was_measured_is_held_to_the_goal() -> None:
    sizes = first_of(median_of("100x"), median_of("10x"), median_of("1x"))
    assert sizes(measured(further("ours", 7, what="10x"), further("ours", 2, what="1x"))) == 7
    assert sizes(measured()) is None


def test_each_goal_is_one_of_a_topic() -> None:
    assert {goal.topic for goal in GOALS} <= set(CHOICES)


def test_equal_figures_give_equal_charts(tmp_path: Path) -> None:
    first = charts.draw(PIPELINE, "Title", tmp_path / "a").read_text(encoding="utf-8")
    assert first == charts.draw(PIPELINE, "Title", tmp_path / "b").read_text(encoding="utf-8")
    assert "<svg" in first


def test_the_committed_page_is_what_the_raw_figures_say() -> None:
    found = {topic: figures for topic in CHOICES if (figures := results.read(topic))}
    page = report.page(found, report.KEPT.read_text(encoding="utf-8"))
    assert report.PAGE.read_text(encoding="utf-8") == page, "run `python -m benchmarks report`"


def test_an_unknown_topic_is_refused_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["speed"]) == 2
    assert "There is no topic 'speed'; there are report, pipeline" in capsys.readouterr().err
