"""What ends with a test session."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests import watchdog

_IGNORES_TERM = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
_STARTS_ONE = f"import os, subprocess, sys; subprocess.run([sys.executable, '-c', {_IGNORES_TERM!r}], env={{}})"


@pytest.fixture
def start() -> Callable[[str, str], subprocess.Popen[bytes]]:
    """Start a program under a session's name; answers when it runs."""

    def start(program: str, session: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, watchdog.VARIABLE: session}
        started = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE)
        assert started.stdout
        started.stdout.readline()
        return started

    return start


def test_the_end_of_a_session_ends_what_it_started_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, start: Callable[[str, str], subprocess.Popen[bytes]]
) -> None:
    monkeypatch.setattr(watchdog, "_SECONDS_TO_END", 1)
    session = uuid4().hex
    stubborn, another = start(_IGNORES_TERM, session), start(_IGNORES_TERM, uuid4().hex)
    parent = start(_STARTS_ONE, session)
    left = watchdog.find_left(session, tmp_path)
    assert {stubborn.pid, parent.pid} < {process.pid for process in left}
    assert len(left) == 3, "a child is found that does not know the session"
    watchdog.end(left)
    assert stubborn.wait(5) and parent.wait(5)
    assert watchdog.find_alive(left) == [], "the child is gone too"
    assert another.poll() is None
    another.kill()
    another.wait(5)


def test_the_watchdog_waits_for_the_end_of_its_input(
    tmp_path: Path, start: Callable[[str, str], subprocess.Popen[bytes]]
) -> None:
    session = uuid4().hex
    waiting = subprocess.Popen([sys.executable, watchdog.__file__, session, str(tmp_path)], stdin=subprocess.PIPE)
    sleeping = start("import time; print(flush=True); time.sleep(60)", session)
    assert sleeping.poll() is None and waiting.poll() is None
    waiting.communicate(timeout=20)
    assert sleeping.wait(5)


def test_what_keeps_no_variable_but_its_home_is_found_by_it(tmp_path: Path) -> None:
    environment = {"SCONES_HOME": str(tmp_path / "laptop0")}
    with subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=subprocess.PIPE) as waiting:
        assert [process.pid for process in watchdog.find_left("none", tmp_path)] == [waiting.pid]
        assert watchdog.find_left("none", tmp_path / "other") == []
