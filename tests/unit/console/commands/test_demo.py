"""What `scones demo` points to in the end."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from console.commands import demo, drift_demo
from console.commands.demo import list_next
from console.drift.comparison import Compared
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


@pytest.mark.parametrize(("live", "serves", "approved"), [(None, 2, [2]), (1, 1, [])])
def test_what_a_person_has_approved_stays_live(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    live: int | None,
    serves: int,
    approved: list[int],
) -> None:
    rows = [
        {"version": 2, "live": False, "accuracy": 0.93, "approval": "PendingManualApproval"},
        {"version": 1, "live": live == 1, "accuracy": 0.955, "approval": "Approved"},
    ]
    done: list[int] = []
    monkeypatch.setattr(demo.versions, "list_versions", lambda _: rows)
    monkeypatch.setattr(demo.versions, "print_versions", lambda *_: None)
    monkeypatch.setattr(demo.versions, "await_version", lambda *_: None)
    monkeypatch.setattr(demo.registry, "set_approval", lambda _, version, *__: done.append(version))
    assert demo.decide(SimpleNamespace(), 5) == serves  # type: ignore[arg-type]
    assert done == approved
    if live:
        assert "`scones approve 2` deploys it" in capsys.readouterr().out


def test_a_retraining_that_is_not_better_says_why_and_what_next() -> None:
    same, worse = Compared(0.9, 0.9, 3, 4), Compared(0.9, 0.7, 1, 40)
    said = drift_demo.explain_refusal(2, 4, same, worse)
    assert "not shown to be better at dusk (90.0% for 90.0%) and is worse by day (70.0% for 90.0%)" in said
    assert said.endswith("version 2 stays live.")
    assert "worse by day" not in drift_demo.explain_refusal(2, 4, same, same)
    assert any("scones label" in line for line in drift_demo.list_ways_on(4))
