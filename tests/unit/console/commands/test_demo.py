"""What `scones demo` points to in the end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console.commands.demo import list_next


def test_the_page_and_the_drift_are_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    lines = list_next(drift=False)
    assert " console " in lines[0]
    assert " demo --drift " in lines[1]
    assert not any("--drift" in line for line in list_next(drift=True))


def test_who_has_no_scones_on_the_path_is_told_its_place_and_how_to_change_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    folder = tmp_path / ".venv/bin"
    folder.mkdir(parents=True)
    (folder / "activate").touch()
    monkeypatch.setattr(sys, "argv", [str(folder / "scones")])
    *commands, last = list_next(drift=False)
    assert all(line.startswith("  .venv/bin/scones ") for line in commands)
    assert last == "`. .venv/bin/activate` puts `scones` on your PATH."
