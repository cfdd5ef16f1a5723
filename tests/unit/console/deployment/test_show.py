"""A deployment on a terminal and on a page."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from console.deployment.terminal import Page, Quiet, Screen
from seedcode.stack.report import Change, Event

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CHANGES = [Change("Modify", "Bucket", "AWS::S3::Bucket", "True", "scones-1")]


def _event(name: str, status: str, reason: str = "") -> Event:
    return Event(NOW, name, "AWS::S3::Bucket", status, reason)


def test_a_page_has_the_table_and_a_line_for_each_event(capsys: pytest.CaptureFixture[str]) -> None:
    with Page() as page:
        page.changes(CHANGES)
        page.event(_event("Bucket", "UPDATE_FAILED", "it is there already"))
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["action", "resource", "type", "replacement"]
    assert said[1].split() == ["Modify", "Bucket", "AWS::S3::Bucket", "True"]
    assert said[2].endswith("UPDATE_FAILED                Bucket  AWS::S3::Bucket  it is there already")


def test_a_screen_keeps_failures_and_sentences_when_the_progress_has_gone() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=120, color_system=None)
    with Screen(console) as screen:
        screen.changes(CHANGES)
        screen.event(_event("Bucket", "UPDATE_IN_PROGRESS"))
        screen.event(_event("Bucket", "UPDATE_FAILED", "it is [there] already"))
        screen.say("Rolled back.")
    said = written.getvalue()
    assert "Bucket: it is [there] already" in said
    assert "Rolled back." in said
    assert "Modify" in said


def test_for_json_only_the_changes_are_kept() -> None:
    quiet = Quiet()
    quiet.say("words")
    quiet.event(_event("Bucket", "UPDATE_COMPLETE"))
    quiet.changes(CHANGES)
    assert quiet.made == [{"action": "Modify", "resource": "Bucket", "type": "AWS::S3::Bucket", "replacement": "True"}]
