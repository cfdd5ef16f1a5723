"""An execution as a tree and as lines: what has started, how far training is, what failed and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from console.progress import follow
from console.progress.follow import LineWriter
from console.progress.snapshot import Epoch, Snapshot, StepView, Training, parse_epochs
from console.progress.tree import draw

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TRAINING = Training("Training", (Epoch(1, 0.6, 0.5, 2.0), Epoch(2, 0.7, 0.65, 2.0), Epoch(3, 0.8)), 4)
PREPARE = StepView("PrepareData", "Processing", 0, "Succeeded", START, START + timedelta(seconds=9))
TRAIN = StepView("TrainModel", "Training", 0, "Executing", START + timedelta(seconds=9), training=TRAINING)
REGISTER = StepView("RegisterModel", "RegisterModel", 1, "Waiting")
RUNNING = Snapshot(
    arn="arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/abc",
    status="Executing",
    start=START,
    end=None,
    reason=None,
    parameters={"Epochs": "4"},
    steps=(PREPARE, TRAIN, REGISTER),
)


def _drawn(snapshot: Snapshot, width: int = 140) -> str:
    console = Console(width=width, record=True, file=None, force_terminal=False, quiet=False)
    with console.capture() as captured:
        console.print(draw(snapshot))
    return captured.get()


def test_epochs_are_read_from_the_algorithm_s_log_lines() -> None:
    lines = ["Epoch[0] Train-accuracy=0.6", "noise", "Epoch[0] Time cost=2.5", "Epoch[0] Validation-accuracy=0.5"]
    assert parse_epochs(iter(lines)) == [Epoch(1, 0.6, 0.5, 2.5)]


def test_the_tree_shows_how_far_training_is_and_what_waits() -> None:
    said = _drawn(RUNNING)
    assert "epoch 2 of 4  train 0.700 validation 0.650, best 0.650" in said
    assert "Waiting" in said
    assert "Epochs = 4" in said


@pytest.mark.parametrize("width", [140, 100, 80, 60])
def test_no_step_and_no_bar_is_broken_over_lines(width: int) -> None:
    late = replace(REGISTER, status="Failed", start=START, end=START + timedelta(seconds=65), reason="word " * 40)
    lines = [line.rstrip() for line in _drawn(replace(RUNNING, steps=(PREPARE, TRAIN, late)), width).splitlines()]
    assert max(map(len, lines)) <= width
    for words in (["✓ PrepareData", "Succeeded", "9 s"], ["✗ RegisterModel", "Failed", "1 min 05 s"]):
        assert any(all(word in line for word in words) for line in lines), words
    [bar] = [line for line in lines if "━" in line]
    assert "epoch 2 of 4" in bar
    assert sum(line.count("word") for line in lines) == 40


@pytest.mark.parametrize("width", [120, 60])
def test_an_address_is_never_cut(width: int) -> None:
    address = f"s3://bucket/{'x' * 90}/report.html"
    said = _drawn(replace(RUNNING, steps=(replace(PREPARE, status="Failed", reason=f"See {address}"),)), width)
    assert address in "".join(line.strip() for line in said.splitlines())


def test_ctrl_c_ends_the_watching_alone_and_says_how_to_come_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow, "_plain", interrupt)
    with pytest.raises(KeyboardInterrupt):
        follow.follow(lambda _: None, RUNNING.arn)
    said = capsys.readouterr().err
    assert "The execution goes on. `scones watch abc` comes back to it, `scones stop abc` ends it." in said


def test_the_tree_tells_a_failure_once_and_whole() -> None:
    reason = "ClientError: The archive is truncated."
    failed = replace(PREPARE, status="Failed", reason=reason)
    said = _drawn(replace(RUNNING, status="Failed", end=START, reason=f"Step failure: {reason}", steps=(failed,)))
    assert said.count(reason) == 1


def test_lines_are_reported_once_and_only_when_true() -> None:
    writer = LineWriter()
    first = list(writer.write(RUNNING))
    assert any("PrepareData Succeeded after 9 s" in line for line in first)
    assert any("epoch 2 of 4" in line for line in first)
    assert not any("epoch 3" in line for line in first), "its validation is not known yet"
    assert list(writer.write(RUNNING)) == []
    ended = replace(RUNNING, status="Failed", end=START + timedelta(minutes=2), reason="because")
    assert [line.strip() for line in writer.write(ended)][-1] == "because"


def test_a_step_from_the_cache_names_its_source_and_repeats_no_epochs() -> None:
    cached = replace(TRAIN, status="Succeeded", end=TRAIN.start, cached_from="former1")
    lines = list(LineWriter().write(replace(RUNNING, steps=(cached,))))
    assert any("from the cache of former1" in line for line in lines)
    assert not any("epoch" in line for line in lines)


def test_lines_tell_a_failure_once() -> None:
    reason = "ClientError: The archive is truncated."
    failed = replace(PREPARE, status="Failed", reason=reason)
    whole = f"Step failure: One or multiple steps failed. {reason}"
    ended = replace(RUNNING, status="Failed", end=START + timedelta(minutes=2), reason=whole, steps=(failed,))
    assert "\n".join(LineWriter().write(ended)).count(reason) == 1


def test_what_it_took_leaves_out_the_time_between_a_failure_and_its_retry() -> None:
    late = START + timedelta(minutes=30)
    trained = replace(TRAIN, status="Succeeded", start=late, end=late + timedelta(seconds=56))
    ended = replace(RUNNING, status="Succeeded", end=late + timedelta(seconds=57), steps=(PREPARE, trained))
    assert "Succeeded after 1 min 05 s" in list(LineWriter().write(ended))[-1]
    assert "after 1 min 05 s" in _drawn(ended)
