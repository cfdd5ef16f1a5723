"""What makes the replay independent of chance: tests in any order, and a log that nothing can take away."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localaws import process
from localaws.iam.log import AccessLog
from localaws.settings import Settings
from tests.access import __main__ as rounds
from tests.access import calls
from tests.e2e import conftest
from tests.e2e.laptop import Laptop

FOLDER = Path(conftest.__file__).parent


@dataclass(frozen=True)
class Item:
    """A test as pytest has collected it."""

    path: Path
    nodeid: str


def shuffled(monkeypatch: pytest.MonkeyPatch, seed: str) -> list[str]:
    monkeypatch.setenv("E2E_SEED", seed)
    items: list[Any] = [Item(FOLDER.parent / "unit" / "test_a.py", f"unit{number}") for number in range(5)]
    items += [Item(FOLDER / f"test_{file}.py", f"{file}{number}") for file in "abcd" for number in range(5)]
    conftest.pytest_collection_modifyitems(items)
    return [item.nodeid for item in items]


def test_a_seed_is_an_order_of_files_and_of_the_tests_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    first, again, other = (shuffled(monkeypatch, seed) for seed in ("1", "1", "2"))
    assert first == again != other
    assert first[:5] == other[:5] == [f"unit{number}" for number in range(5)]
    files = [nodeid[0] for nodeid in first[5:]]
    assert [file for file, _ in zip(files[::5], range(4), strict=True)] == list(dict.fromkeys(files))
    assert sorted(first) == sorted(other)


def test_rounds_go_on_until_one_is_red_with_a_seed_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ACCESS_DIR", str(tmp_path / "kept"))
    ran: list[tuple[str, str]] = []

    def run(words: list[str], env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append((words[-1], env["E2E_SEED"]))
        return subprocess.CompletedProcess(words, int(ran[-1] == ("tests/access/replay.py", "8")))

    monkeypatch.setattr(subprocess, "run", run)
    assert rounds.main(5, 7) == 1
    assert ran == [(words, seed) for seed in ("7", "8") for words in ("tests/e2e", "tests/access/replay.py")]


def test_a_calls_note_outlives_a_kill_a_wipe_and_a_second_local_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    monkeypatch.setenv("SCONES_ACCESS_DIR", str(kept))
    for name in ("one", "two"):
        home = tmp_path / name
        laptop = Laptop(4566, home)
        laptop.keep_access_log()
        # Nothing is done at the end: what is killed has no end.
        AccessLog(Settings(home=home).access_log).note(name, "s3:GetObject", "arn:aws:s3:::b/k", allowed=True)
        assert [call["role"] for call in laptop.access()] == [name]
        process.wipe(Settings(home=home))
        laptop.keep_access_log()
        AccessLog(Settings(home=home).access_log).note(name, "s3:PutObject", "arn:aws:s3:::b/k", allowed=True)
    noted = {(call.role, call.action) for call in calls.read(kept)}
    assert noted == {(name, f"s3:{verb}Object") for name in ("one", "two") for verb in ("Get", "Put")}
