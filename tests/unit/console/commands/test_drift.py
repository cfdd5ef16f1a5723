"""What `scones monitor` says of the alarm, with and without a check that has found something."""

from __future__ import annotations

from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import pytest

from common.drift_answer import DriftAnswer
from console.commands import drift
from console.drift import checks
from console.drift.backend import Run, Schedule

ANSWER = DriftAnswer("2026-11-28T10:00:00+00:00", "no image is new")


class Backend:
    """A schedule that has not run yet."""

    def schedule(self) -> Schedule:
        return Schedule("scones-drift", "Scheduled", "rate(1 hour)", "s3://bucket/baseline")

    def runs(self, _: int) -> list[Run]:
        return []


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (ANSWER, "The drift alarm rang, and no training was started: no image is new"),
        (None, "No drift alarm has been answered yet."),
    ],
)
def test_the_alarm_s_answer_is_said_before_a_check_has_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: DriftAnswer | None, sentence: str
) -> None:
    monkeypatch.setattr(drift, "fetch_answer", lambda *_: answer)
    monkeypatch.setattr(checks, "get_backend", lambda _: Backend())
    target: Any = SimpleNamespace(client=lambda _: None, project=SimpleNamespace(bucket="bucket"))
    monkeypatch.setattr(drift, "choose", lambda _: target)
    assert drift.monitor(Namespace(hours=None, now=False, target="local", json=False)) == 0
    said = capsys.readouterr().out
    assert "It has not run yet" in said
    assert said.splitlines()[-1].endswith(sentence)
