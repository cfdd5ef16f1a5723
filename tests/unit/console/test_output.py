"""Tables, JSON and durations."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from console.formats import duration
from console.output import print_rows

ROWS = [{"name": "first", "started": datetime(2026, 11, 23, tzinfo=UTC), "reason": None}]


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (65, "1 min 05 s"), (3_720, "1 h 02 min")])
def test_durations_are_written_as_people_write_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, as_json=True, empty="")
    assert json.loads(capsys.readouterr().out) == [{"name": "first", "started": "2026-11-23T00:00:00Z", "reason": None}]


def test_a_table_has_its_rows_and_an_empty_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, as_json=False, empty="")
    print_rows([], as_json=False, empty="Nothing yet.")
    said = capsys.readouterr().out
    assert "first" in said
    assert said.endswith("Nothing yet.\n")
