"""The launcher that waits: it is taken once, replaced where it has ended, and ends with the process it waits for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import psutil
import pytest

from localaws.environment import PACKAGES
from localaws.isolation import waiting
from localaws.isolation.kinds import Isolation
from localaws.isolation.view import build_common_steps
from localaws.isolation.waiting import Launcher, Launchers
from localaws.platforms import has_namespaces

pytestmark = pytest.mark.skipif(not has_namespaces(), reason="launchers are Linux's")
COMMON = tuple(build_common_steps(Isolation(namespaces=True, processes=True)))
OWNER = """
import time
from localaws.isolation.kinds import Isolation
from localaws.isolation.view import build_common_steps
from localaws.isolation.waiting import Launcher
common = build_common_steps(Isolation(namespaces=True, processes=True))
waiting = Launcher(common)
print(waiting.process.pid, flush=True)
time.sleep(60)
"""


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _leads_session(pid: int) -> bool:
    return os.getsid(pid) == pid


@pytest.fixture
def launchers() -> Launchers:
    made = Launchers()
    made.prepare(COMMON)
    until(lambda: made._waiting)
    return made


def test_the_one_that_waits_is_taken_once(launchers: Launchers) -> None:
    waiting = launchers._waiting
    first, second = launchers.take(COMMON), launchers.take(COMMON)
    assert first is waiting
    assert second.process.pid != first.process.pid
    for launcher in (first, second):
        launcher.discard()


def test_one_that_was_killed_is_not_taken(launchers: Launchers) -> None:
    waiting = launchers._waiting
    assert waiting
    waiting.process.kill()
    waiting.process.wait()
    taken = launchers.take(COMMON)
    assert taken.process.poll() is None
    taken.discard()


def test_one_waits_however_often_it_is_prepared(launchers: Launchers) -> None:
    waiting = launchers._waiting
    launchers._prepare(COMMON)
    assert launchers._waiting is waiting
    launchers.take(COMMON).discard()


def test_it_ends_with_the_process_that_it_waits_for() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, cwd=PACKAGES) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert not is_gone(pid)
        owner.kill()
    until(lambda: is_gone(pid))


def test_one_that_is_not_needed_is_ended() -> None:
    launcher = Launcher(COMMON)
    launcher.discard()
    assert is_gone(launcher.process.pid)


def test_launchers_are_children_of_this_process_in_sessions_of_their_own() -> None:
    made = [Launcher(COMMON) for _ in range(2)]
    for launcher in made:
        assert psutil.Process(launcher.process.pid).ppid() == os.getpid()
        until(partial(_leads_session, launcher.process.pid))
        launcher.process.kill()
        assert launcher.process.wait() == -signal.SIGKILL


def test_where_the_interpreter_that_makes_them_was_killed_another_one_makes_the_next() -> None:
    Launcher(COMMON).discard()
    source = waiting._source._process
    assert source
    source.kill()
    source.wait()
    launcher = Launcher(COMMON)
    assert launcher.process.poll() is None
    assert waiting._source._process is not source
    launcher.discard()


FORKED = """
import os
from localaws.isolation.kinds import Isolation
from localaws.isolation.view import build_common_steps
from localaws.isolation.waiting import Launcher
common = build_common_steps(Isolation(namespaces=True, processes=True))
Launcher(common).discard()
child = os.fork()
waiting = Launcher(common)
pid = waiting.process.pid
os.kill(pid, 9)
assert os.waitpid(pid, 0) == (pid, 9)
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def test_a_process_that_was_forked_has_launchers_of_its_own() -> None:
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=60, cwd=PACKAGES)


def test_the_interpreter_ends_with_the_process_that_it_makes_them_for() -> None:
    code = OWNER.replace("import Launcher", "import Launcher, _source").replace("waiting.process", "_source._process")
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=PACKAGES) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert not is_gone(pid)
        owner.kill()
    until(lambda: is_gone(pid))
