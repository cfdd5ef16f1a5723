"""The sample that is drawn while others work."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from console.commands.dataset import Drawing
from console.dataset import sample


@pytest.fixture
def target(tmp_path: Path) -> Any:
    return SimpleNamespace(local=SimpleNamespace(home=tmp_path / "home"))


def test_it_is_drawn_beside_who_waits_for_it_later_and_once(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go, drawn = threading.Event(), []

    def draw(path: Path, seed: int, progress: Any) -> None:
        assert go.wait(10)
        progress(1, 2)
        drawn.append(seed)
        path.write_bytes(b"archive")

    monkeypatch.setattr(sample, "draw_sample", draw)
    drawing = Drawing(target, 7)
    assert drawn == []
    go.set()
    assert drawing.wait().read_bytes() == b"archive"
    assert Drawing(target, 7).wait().name == "sample-7.tar.gz"
    assert drawn == [7]


def test_who_waits_is_told_why_nothing_was_drawn(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(sample, "draw_sample", draw)
    with pytest.raises(OSError, match="no space left"):
        Drawing(target, 7).wait()
