"""The background process: whether it runs, why it did not start, and what a wipe removes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localaws import process
from localaws.settings import Settings


@pytest.fixture
def home(settings: Settings) -> Settings:
    settings.home.mkdir()
    return settings


@pytest.mark.parametrize("content", ["", "words", "99999999"])
def test_a_stale_process_id_is_nobody_s(home: Settings, content: str) -> None:
    home.pid_file.write_text(content)
    assert process.running_pid(home) is None


def test_nothing_runs_where_there_is_no_process_id(home: Settings) -> None:
    assert process.running_pid(home) is None
    assert process.stop(home) is False


def test_a_process_counts_only_where_its_port_answers(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    home.pid_file.write_text(str(os.getpid()))
    monkeypatch.setattr(process, "answers", lambda _: False)
    assert process.running_pid(home) is None
    monkeypatch.setattr(process, "answers", lambda _: True)
    assert process.running_pid(home) == os.getpid()
    assert process.start(home) is False


def test_a_port_that_nobody_serves_does_not_answer(tmp_path: Path) -> None:
    assert process.answers(Settings(port=1, home=tmp_path)) is False


def test_a_start_that_fails_tells_the_last_line_of_its_log(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    popen = subprocess.Popen
    broken = [sys.executable, "-c", "print('first'); raise SystemExit('the port is taken')"]
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: popen(broken, **options))
    with pytest.raises(process.ProcessError, match="did not start: the port is taken"):
        process.start(home)
    assert "first" in (home.home / "localaws.log").read_text()


def test_what_is_done_meanwhile_is_done_once_it_has_been_started(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    popen, order = subprocess.Popen, []
    ending = [sys.executable, "-c", "print('ended')"]

    def begin(_: object, **options: Any) -> subprocess.Popen[bytes]:
        order.append("started")
        return popen(ending, **options)

    monkeypatch.setattr(subprocess, "Popen", begin)
    with pytest.raises(process.ProcessError, match="did not start: ended"):
        process.start(home, lambda: order.append("meanwhile"))
    assert order == ["started", "meanwhile"]


def test_a_stop_waits_until_the_process_has_ended(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as running:
        home.pid_file.write_text(str(running.pid))
        monkeypatch.setattr(process, "answers", lambda _: True)
        assert process.stop(home) is True
        assert not process._alive(running.pid)


def test_a_process_that_does_not_end_is_killed_with_its_containers(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = home.endpoints / "pictures" / "i-1"
    instance.mkdir(parents=True)
    sleeping = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], cwd=instance, start_new_session=True
    )
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"
        home.pid_file.write_text(str(running.pid))
        monkeypatch.setattr(process, "answers", lambda _: True)
        monkeypatch.setattr(process, "_STOP_SECONDS", 0.1)
        assert process.stop(home) is True
        assert running.wait(5) == -9
    assert sleeping.wait(5) == -9


def test_a_wipe_removes_state_and_keeps_what_was_drawn(home: Settings) -> None:
    (home.home / "ministack/s3").mkdir(parents=True)
    (home.home / "jobs/a").mkdir(parents=True)
    for name in ("sagemaker.db", "sagemaker.db-wal", "localaws.log", "sample.tar.gz"):
        (home.home / name).write_text("x")
    process.wipe(home)
    process.wipe(home)
    assert [path.name for path in home.home.iterdir()] == ["sample.tar.gz"]


@pytest.mark.parametrize(
    ("health", "enforced"), [({"enforces_iam": True}, True), ({"enforces_iam": False}, False), (None, False)]
)
def test_whether_iam_is_enforced_is_what_the_local_aws_says(
    home: Settings, monkeypatch: pytest.MonkeyPatch, health: dict[str, bool] | None, *, enforced: bool
) -> None:
    monkeypatch.setattr(process, "_health", lambda _: health)
    assert process.enforces_iam(home) is enforced
    assert process.answers(home) is (health is not None)
