"""End what a test session leaves behind: `python tests/watchdog.py SESSION FOLDER`, started by conftest.py.

A local AWS is a process of its own and outlives the command that started it, so a Ctrl-C, a kill or a crash of pytest
would leave dozens behind. The session's end is the end of this program's standard input, however the session ended.
Whatever has the session's name in its environment, or works in the session's temporary folder as a local AWS does
(which keeps few variables), is told to end then, and killed with its children where it does not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

VARIABLE = "PYTEST_SESSION_OF_SCONES"  # not SCONES_*: the tests leave those out of what commands see
_SECONDS_TO_END = 10


def find_left(session: str, folder: Path) -> list[psutil.Process]:
    """The processes of a session and all that these have started, but for this one."""
    own = [process for process in psutil.process_iter() if _is_of(process, session, folder)]
    found = {process.pid: process for start in own for process in [start, *_children(start)]}
    found.pop(psutil.Process().pid, None)
    return list(found.values())


def end(processes: Iterable[psutil.Process]) -> None:
    """Tell processes to end, as `scones down` does, and kill those that do not within ten seconds."""
    alive = list(processes)
    for send in (psutil.Process.terminate, psutil.Process.kill):
        for process in alive:
            with suppress(psutil.Error):
                send(process)
        deadline = time.monotonic() + _SECONDS_TO_END
        while (alive := find_alive(alive)) and time.monotonic() < deadline:
            time.sleep(0.05)


def find_alive(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that has ended and that nobody has asked about does not."""
    return [process for process in processes if _is_alive(process)]


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _is_of(process: psutil.Process, session: str, folder: Path) -> bool:
    try:
        variables = process.environ()
        places = [variables.get("SCONES_HOME"), process.cwd()]
    except (psutil.Error, OSError):  # another user's, or just gone
        return False
    return variables.get(VARIABLE) == session or any(Path(place).is_relative_to(folder) for place in places if place)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


if __name__ == "__main__":
    sys.stdin.read()
    end(find_left(sys.argv[1], Path(sys.argv[2])))
