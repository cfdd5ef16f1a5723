"""`python -m workflow` writes both files."""

import json
from pathlib import Path

import pytest

from workflow import __main__ as program


def test_it_writes_both_definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "FOLDER", tmp_path)
    program.main()
    assert json.loads((tmp_path / "inference.asl.json").read_text())["StartAt"] == "SerializeImage"
    assert json.loads((tmp_path / "bulk.asl.json").read_text())["StartAt"] == "PrepareJob"
