"""Text written by others: a terminal, a spreadsheet and a page show it, and none of them executes it."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import console.__main__ as command
from console.commands import Command
from console.commands import executions as logs
from console.errors import CommandError
from console.output import print_rows
from console.progress.tree import draw
from evaluation import predictions
from evaluation.page import facts
from localaws.plain import plain
from monitoring import charts
from monitoring import page as monitoring_page

ESCAPE = "\x1b]0;owned\x07\x1b[2J\x9b31m"
TAG = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def _is_harmless(said: str) -> bool:
    return not any(character in said for character in "\x1b\x07\x9b\u202e\r")


@pytest.mark.parametrize("text", [ESCAPE, "100 %\rdone", "\u202egnp.exe", "\x00", "bell\x07"])
def test_a_terminal_is_shown_control_characters_and_obeys_none(text: str) -> None:
    assert _is_harmless(plain(f"before {text} after"))
    assert plain("a\tb\nä€😀") == "a\tb\nä€😀"


def test_a_job_s_log_cannot_write_to_the_window_or_the_clipboard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [{"PipelineExecutionSteps": [{"StepName": "TrainModel", "Metadata": {}}]}]
    client = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: steps))
    target = SimpleNamespace(client=lambda _: client, project=SimpleNamespace(pipeline_names=("line",)))
    monkeypatch.setattr(logs, "choose", lambda _: target)
    monkeypatch.setattr("console.executions.get_arn", lambda *_: "arn")
    monkeypatch.setattr("console.joblogs.lines", lambda *_: iter([f"epoch 1 {ESCAPE}"]))
    assert logs.print_log(SimpleNamespace(target="local", execution="latest", step="TrainModel")) == 0  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "epoch 1" in said
    assert _is_harmless(said)


def test_an_error_of_somebody_else_s_words_is_shown_plain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise CommandError(f"The step failed: {ESCAPE}")

    monkeypatch.setitem(sys.modules, "console.commands.local_aws", SimpleNamespace(COMMANDS={"down": Command(fail)}))
    assert command.main(["down"]) == 1
    assert _is_harmless(capsys.readouterr().err)


@pytest.mark.parametrize("name", ["[bold]x[/bold]", "[/]", "[link=https://example.org]y[/link]", ESCAPE])
def test_a_table_shows_a_name_as_it_is_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"name": name}], as_json=False, empty="")
    said = capsys.readouterr().out
    assert plain(name) in said
    assert _is_harmless(said)


def test_the_tree_of_an_execution_shows_reasons_and_parameters_plain() -> None:
    step = SimpleNamespace(
        name="a", status="Failed", depth=0, start=None, end=None, cached_from=None, outcome=None, attempts=1,
        training=None, searching=None, reason=ESCAPE,
    )  # fmt: skip
    snapshot: Any = SimpleNamespace(
        status="Failed", arn="arn:x", start=None, end=None, seconds=1.0, parameters={"p": ESCAPE}, steps=(step,),
        reason=ESCAPE, own_reason=ESCAPE,
    )  # fmt: skip
    terminal = Console(force_terminal=False, width=200)
    with terminal.capture() as seen:
        terminal.print(draw(snapshot))
    assert _is_harmless(seen.get())


@pytest.mark.parametrize("name", ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_takes_no_file_name_for_a_formula(tmp_path: Path, name: str) -> None:
    answers: Any = SimpleNamespace(
        paths=[name, "bicycle/1.png"],
        actual=np.array([0, 0]),
        predicted=np.array([0, 1]),
        probabilities=np.array([[0.5, 0.5]] * 2),
        confidence=np.array([0.5, 0.5]),
    )
    predictions.write(answers, tmp_path / "predictions.csv")
    with (tmp_path / "predictions.csv").open(newline="") as file:
        paths = [row["path"] for row in csv.DictReader(file)]
    assert paths == [f"'{name}", "bicycle/1.png"]


def test_reports_show_tags_as_text() -> None:
    shown = [
        facts([(TAG, TAG)]),
        monitoring_page.table([TAG], [[TAG]]),
        monitoring_page.frame(TAG, monitoring_page.chart(charts.bars(TAG, {TAG: 1}, {"a": 1}), TAG, TAG, False)),
    ]
    assert not any("<script" in text or "<img src=x" in text for text in shown)
