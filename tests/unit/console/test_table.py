"""Listings: nothing but the reason is ever cut, whatever the width; a pipe has a line a record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from console.commands import versions
from console.output import print_rows
from tests.unit.console.terminal import Terminal

REASON = "AccuracyGate: the accuracy 0.7131 is below the threshold 0.8: nothing was registered. The report is s3://b/r"
ROWS: list[dict[str, Any]] = [
    {
        "id": identity,
        "status": status,
        "started": datetime(2026, 11, 23, 12, tzinfo=UTC),
        "duration": "1 h 12 min",
        "profile": "distributed",
        "accuracy": "0.7131",
        "version": 12,
        "trigger": "drift",
        "reason": reason,
    }
    for identity, status, reason in [
        ("a1b2c3d4e5f6", "Failed", REASON),
        ("b1b2c3d4e5f6", "Succeeded", None),
    ]
]
WHOLE = ["a1b2c3d4e5f6", "Failed", "1 h 12 min", "distributed", "0.7131", "12", "drift"]


@pytest.mark.parametrize("width", [220, 120, 100, 60, 40])
def test_only_the_reason_is_cut_and_no_line_is_wider_than_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, capsys, width)
    print_rows(ROWS, as_json=False, empty="")
    lines = terminal.read()
    assert max(map(len, lines)) <= width
    said = "\n".join(lines)
    assert all(word in said for word in [*WHOLE, "b1b2c3d4e5f6", "Succeeded", "AccuracyGate: the"])
    assert (REASON in said) == (width >= 120)


@pytest.mark.parametrize("width", [100, 80, 40])
@pytest.mark.parametrize("name", ["profile", "trigger", "id", "status"])
def test_no_other_cell_is_wider_than_the_terminal_either(
    width: int, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, capsys, width)
    print_rows([{**ROWS[0], name: "x" * 500}, ROWS[1]], as_json=False, empty="")
    assert max(map(len, terminal.read())) <= width


def test_a_pipe_has_a_line_a_record_with_the_whole_reason(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, as_json=False, empty="")
    heading, failed, succeeded = capsys.readouterr().out.splitlines()
    assert heading.split() == list(ROWS[0])
    assert failed.endswith(REASON)
    assert all(word in failed for word in WHOLE)
    assert succeeded.startswith("b1b2c3d4e5f6  Succeeded")


def test_a_reason_of_thousands_of_characters_stays_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{**ROWS[0], "reason": "x" * 5_000}], as_json=False, empty="")
    assert capsys.readouterr().out.splitlines()[1].count("x") == 5_000


def test_a_status_has_its_colour_on_a_terminal_and_none_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    print_rows(ROWS, as_json=False, empty="")
    assert "\x1b" not in capsys.readouterr().out
    terminal = Terminal(monkeypatch, capsys, 220)
    print_rows(ROWS, as_json=False, empty="")
    styled = terminal.read_styled()
    assert "\x1b[31mFailed" in styled
    assert "\x1b[32mSucceeded" in styled


def test_the_list_of_versions_fits_into_a_hundred_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {
        "version": 12,
        "live": True,
        "approval": "PendingManualApproval",
        "accuracy": 0.9651,
        "profile": "compact",
    }
    made |= {"training_images": 12_941, "execution": "a1b2c3d4e5f6", "registered": datetime(2026, 11, 23, tzinfo=UTC)}
    monkeypatch.setattr(versions, "list_versions", lambda _: [made])
    terminal = Terminal(monkeypatch, capsys, 100)
    target: Any = None
    versions.print_versions(target, 3)
    heading, row = terminal.read()
    assert heading.split() == [
        *("version", "live", "approval", "accuracy", "profile", "images", "execution"),
        "registered",
    ]
    assert row.split()[:4] == ["12", "live", "PendingManualApproval", "0.9651"]


def test_a_block_of_a_number_says_of_what(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(monkeypatch, capsys, 30)
    print_rows([{"version": 3, "live": "live", "execution": "a" * 12, "commit": "b" * 12}], as_json=False, empty="")
    assert terminal.read()[0] == "version 3  live"
