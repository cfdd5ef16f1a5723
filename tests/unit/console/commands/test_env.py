"""`scones env` asks the local AWS alone, and says whether that takes anybody."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.__main__ import main
from localaws import process
from localaws.command import facts, session
from localaws.keys import Credentials
from localaws.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of an installation; the environment is the test's own."""
    monkeypatch.setattr(os, "environ", {**os.environ, "SCONES_HOME": str(tmp_path / ".scones")})
    return tmp_path / ".scones"


@pytest.mark.parametrize("opened", [True, False])
def test_that_it_is_open_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, opened: bool
) -> None:
    given = session.Session("arn:aws:iam::1:role/x", Credentials("k", "s", "t"), datetime.now(UTC))
    monkeypatch.setattr(process, "_health", lambda _: {"open": opened, "enforces_iam": False})
    monkeypatch.setattr(session, "start_session", lambda *_: given)
    assert main(["env"]) == 0
    assert ("SCONES_OPEN=true" in capsys.readouterr().out) is opened
    assert ("every user of this machine may call it" in facts._CREDENTIALS[opened]) is opened
    assert process.is_open(Settings(home=home)) is opened


def test_without_a_running_local_aws_it_says_how_to_start_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(process, "_health", lambda _: None)
    assert main(["env"]) == 1
    assert "start it with `scones up`" in capsys.readouterr().err
    assert not home.exists()


def test_it_is_about_the_local_aws(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "aws", "env"]) == 2
    assert "your own credentials" in capsys.readouterr().err
