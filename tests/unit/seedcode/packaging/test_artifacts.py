"""All artifacts of a deployment."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from seedcode.__main__ import main
from seedcode.packaging.artifacts import build_artifacts, write_artifacts


def test_the_same_input_gives_the_same_bytes_whatever_the_clock_and_the_files_say(tmp_path: Path) -> None:
    write_artifacts(build_artifacts(), tmp_path / "first")
    for path in (Path("lambdas").rglob("handler.py"), Path("processing").glob("*.py")):
        for file in path:
            os.utime(file)
    write_artifacts(build_artifacts(), tmp_path / "second")
    first, second = (_read(tmp_path / name) for name in ("first", "second"))
    assert first == second
    assert {
        "seed.zip",
        "template.yaml",
        "manifest.json",
        "functions/deploy_model.zip",
        "containers/processing.pyz",
    } <= first.keys()


def test_the_manifest_holds_every_files_digest(tmp_path: Path) -> None:
    write_artifacts(build_artifacts(), tmp_path)
    files = _read(tmp_path)
    manifest = json.loads(files.pop("manifest.json"))["files"]
    assert {name: entry["sha256"] for name, entry in manifest.items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def test_the_command_writes_and_lists_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["package", "--no-layer", "--output", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "functions/deploy_model.zip" in said
    assert (tmp_path / "out" / "manifest.json").is_file()


def _read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
