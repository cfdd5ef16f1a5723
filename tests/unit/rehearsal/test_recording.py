"""What the local AWS gave is kept for a trial to be compared with, and is held to the page."""

from __future__ import annotations

from pathlib import Path

from tests.rehearsal import recording
from tests.rehearsal.observer import StepRecord
from tests.rehearsal.page import PAGE, parse


def test_the_recording_is_of_the_page_s_steps() -> None:
    titles = {step.title for step in parse(PAGE.read_text(encoding="utf-8"))}
    assert set(recording.read()) <= titles
    assert len(titles - set(recording.read())) <= 1, "only a step that sets up the terminal has nothing to be recorded"


def test_another_machine_s_times_and_another_hour_s_numbers_make_no_recording_stale(tmp_path: Path) -> None:
    kept = {"Deploy": StepRecord(9.0, {"execution 1 of training": ["Succeeded"]}, {"Stack": ["CREATE_COMPLETE"]})}
    recording.write(kept, tmp_path / "kept.json")
    now = {
        "Deploy": StepRecord(3.0, {"execution 2 of training": ["Succeeded"]}),
        "Push": StepRecord(events={"Stack": []}),
    }
    assert recording.stale(now, tmp_path / "kept.json") == ""


def test_a_history_or_event_that_came_or_went_makes_it_stale(tmp_path: Path) -> None:
    recording.write({"Deploy": StepRecord(1.0, {"stack": ["A"]}, {"Stack": []})}, tmp_path / "kept.json")
    said = recording.stale({"Deploy": StepRecord(1.0, {"build 1": ["A"]})}, tmp_path / "kept.json")
    assert said == "Deploy has build # besides; Deploy lacks stack; events lacks Stack"
