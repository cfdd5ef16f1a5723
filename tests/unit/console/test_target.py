"""Which AWS a command talks to, with which key, and that what it makes on the way is its owner's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from console.__main__ import main
from console.commands import dataset
from console.target import Target, choose
from localaws import keys, process
from localaws.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of an installation that was never started; the environment is the test's own."""
    monkeypatch.setattr(
        os,
        "environ",
        {**os.environ, "AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "mine", "AWS_ENDPOINT_URL_S3": "https://mine"},
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCONES_HOME", str(tmp_path / ".scones"))
    monkeypatch.delenv("SCONES_PORT", raising=False)
    monkeypatch.setattr(process, "_health", lambda _: None)
    return tmp_path / ".scones"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_command_has_the_installations_key_and_nobody_elses(home: Path) -> None:
    target = choose("local", must_run=False, make_key=True)
    assert target.local is not None
    key = keys.ensure(target.local)
    assert (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]) == (key.key, key.secret)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"} & set(os.environ)


def test_a_look_at_what_was_never_started_makes_nothing_and_sends_nobodys_key(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    assert main(["status"]) == 1
    assert main(["down"]) == 0
    assert os.environ["AWS_ACCESS_KEY_ID"] == "NOT-STARTED"
    assert not home.exists()


def test_every_command_that_makes_a_home_makes_it_its_owner_s_alone(home: Path) -> None:
    before = os.umask(0o022)
    try:
        dataset.folder(Target(None))  # `--target aws dataset`
        assert mode(home) == 0o700
        home.rmdir()
        dataset.folder(Target(Settings(home=home)))
        assert mode(home) == 0o700
        home.rmdir()
        choose("local", must_run=False, make_key=True)  # `up`
        assert (mode(home), mode(home / "credentials")) == (0o700, 0o600)
    finally:
        os.umask(before)


def test_an_open_home_is_closed_when_it_is_used_and_that_is_said_once(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    home.chmod(0o755)
    for _ in range(2):
        main(["status"])
    assert mode(home) == 0o700
    assert capsys.readouterr().err.count("was open to the other users of this machine") == 1
