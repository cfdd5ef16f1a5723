"""What `scones demo` points to in the end."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from console.commands import drift_demo
from console.commands.demo import list_next
from console.endpoint import Endpoint


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


@pytest.mark.parametrize(
    ("found", "profile", "number"),
    [
        (Endpoint("InService", "2", {}), "quick", 2),
        (Endpoint("InService", "2", {}), "compact", None),
        (Endpoint("Updating", "2", {}), "quick", None),
        (None, "quick", None),
    ],
)
def test_the_drift_goes_on_from_the_demo_s_own_version_alone(
    monkeypatch: pytest.MonkeyPatch, found: Endpoint | None, profile: str, number: int | None
) -> None:
    package = {"CustomerMetadataProperties": {"profile": profile}}
    sagemaker = SimpleNamespace(describe_model_package=lambda **_: package)
    target: Any = SimpleNamespace(client=lambda _: sagemaker)
    monkeypatch.setattr(drift_demo.endpoint, "fetch", lambda _: found)
    monkeypatch.setattr(drift_demo.registry, "get_summary", lambda *_: {"ModelPackageArn": "arn"})
    assert drift_demo.find_demonstrated(target, "quick") == number
