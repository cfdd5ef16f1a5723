"""`localaws images`: what stands for which image, without the project's own command."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from localaws.command.__main__ import main
from localaws.images.mapping import load_mapping


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    os.environ |= {"SCONES_HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return tmp_path / "home"


def test_what_is_set_is_listed_in_columns_and_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["images", "set", "own:2", "--packages", "polars==1.0.0"]) == 0
    assert load_mapping(home)["own:2"].packages == ("polars==1.0.0",)
    capsys.readouterr()
    assert main(["images"]) == 0
    head, first, *_ = capsys.readouterr().out.splitlines()
    assert head.split() == ["image", "stands", "from", "environment", "size"]
    assert first.split() == ["own:2", "polars==1.0.0", "images.json", "not", "made"]
    assert head.index("stands") == first.index("polars")
    assert main(["images", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["image"] == "own:2"


def test_what_cannot_be_done_is_said_in_a_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["images", "rm", "own"]) == 1
    assert capsys.readouterr().err.startswith("localaws images: own is not in ")
