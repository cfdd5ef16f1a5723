"""What a trial has done is on the disk before the next thing is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.observer import Observer
from tests.rehearsal.page import parse
from tests.trial.state import DiskJournal, State, Store

[STEP] = parse("## 1. Deploy\n\n```console\n$ a\n$ b\n```\n")
FIRST, SECOND = STEP.acts


def _no_client(service: str) -> Any:
    raise AssertionError(f"Nobody asks {service}.")


def _journal(folder: Path) -> DiskJournal:
    """The journal as a new process finds it."""
    store = Store(folder)
    state = store.load() or State("scones-trial-1", "us-east-1", "0" * 12)
    return DiskJournal(store, state, Observer(_no_client, state.name, state.account, state.region, state.steps))


def test_an_act_that_was_cut_off_is_known_as_begun_and_one_that_ended_as_done(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    assert not journal.begin(STEP, FIRST)
    journal.finish(STEP, FIRST, 2.04)
    assert not journal.begin(STEP, SECOND)

    later = _journal(tmp_path)
    assert (later.is_done(STEP, FIRST), later.is_done(STEP, SECOND)) == (True, False)
    assert later.begin(STEP, SECOND)
    assert later.state.steps["Deploy"].seconds == 2.0


def test_a_mark_stays_with_its_trial(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    journal.begin(STEP, FIRST)
    assert _journal(tmp_path).state.mark == journal.state.mark
    assert State("a", "r", "1").mark != State("a", "r", "1").mark


def test_a_trial_s_folder_is_found_from_within_its_checkout_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(Path("trials") / "one")
    monkeypatch.chdir("/")
    assert store.folder == tmp_path / "trials" / "one"
