"""A launcher that has started and waits for its program, in its namespaces and with what every program finds there.

Starting an interpreter and mounting the system's folders take most of the time of a start. So one interpreter makes all
launchers, which are copies of it and children of this process.

One waits for the next program, as the one before it takes the last one. It ends by itself with the process that it
waits for, as then its socket is closed.
"""

from __future__ import annotations

import os
import py_compile
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
_LONGEST, _NUMBER = 4096, 4  # bytes of a reason, and of a process's number


class _Copy(subprocess.Popen[Any]):
    """A child of this process that another one has made: all of Popen but the start."""

    def __init__(self, pid: int) -> None:
        self._made = pid
        super().__init__([_LAUNCHER])

    def _execute_child(self, *_: object) -> None:
        self.pid = self._made
        self._child_created = True


class _Source:
    """The interpreter that makes launchers; started with the first, and again where it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def make(self, listening: socket.socket) -> subprocess.Popen[Any]:
        """A launcher that listens on a socket."""
        with self._lock:
            try:
                return _Copy(self._ask(self._reach(), listening))
            except ConnectionError:
                self._forget()
                return _Copy(self._ask(self._reach(), listening))

    def _reach(self) -> socket.socket:
        # What this process was forked from has its own, which makes children of that one.
        if self._asking is None or self._owner != os.getpid():
            self._asking, theirs = socket.socketpair()
            self._owner = os.getpid()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", _compiled(), str(theirs.fileno())],
                    env={"LC_ALL": "C.UTF-8"},
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
        return self._asking

    def _forget(self) -> None:
        if self._asking is not None and self._process is not None:
            self._asking.close()
            self._process.kill()
            self._process.wait()
            self._asking = None

    def _ask(self, asking: socket.socket, listening: socket.socket) -> int:
        socket.send_fds(asking, [b"."], [listening.fileno()])
        answer = asking.recv(_NUMBER)
        if len(answer) < _NUMBER:
            raise ConnectionResetError("what makes launchers has ended")
        number = int.from_bytes(answer, sys.byteorder, signed=True)
        if number < 0:
            raise OSError(-number, f"clone: {os.strerror(-number)}")
        return number


_source = _Source()


class Launcher:
    """A launcher's process, which becomes its program's, and the socket that it listens on.

    `common` are the steps that it takes at once.
    """

    def __init__(self, common: Sequence[str]) -> None:
        self.common = common
        self._ours, theirs = socket.socketpair()
        with theirs:
            self.process = _source.make(theirs)
        content = os.fsencode("\0".join(common))
        self._ours.sendall(len(content).to_bytes(_NUMBER, sys.byteorder) + content)

    def send(self, content: bytes, streams: list[int]) -> str:
        """Let it start a program with these descriptors as its streams; why it could not, or ""."""
        with self._ours as socket_:
            with suppress(BrokenPipeError):  # it has ended, and may have told why
                sent = socket.send_fds(socket_, [content], streams)
                socket_.sendall(content[sent:])
                socket_.shutdown(socket.SHUT_WR)
            return socket_.recv(_LONGEST).decode(errors="replace")

    def discard(self) -> None:
        """End it."""
        self._ours.close()
        self.process.kill()
        self.process.wait()


class Launchers:
    """Keeps one launcher waiting, from the first program on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Launcher | None = None

    def take(self, common: Sequence[str]) -> Launcher:
        """The launcher that waits, where it took these steps, or a new one."""
        with self._lock:
            found, self._waiting = self._waiting, None
        if found is not None and (found.process.poll() is not None or found.common != common):
            found.discard()
            found = None
        return found or Launcher(common)

    def prepare(self, common: Sequence[str]) -> None:
        """Start one that waits, where none does, while others work."""
        threading.Thread(target=self._prepare, args=(common,), name="launcher", daemon=True).start()

    def _prepare(self, common: Sequence[str]) -> None:
        with self._lock, suppress(OSError):  # the next program finds out
            self._waiting = self._waiting or Launcher(common)


@cache
def _compiled() -> str:
    """The launcher's bytecode, of which a start takes less time than of its source."""
    folder = tempfile.mkdtemp(prefix="launcher-")
    return str(py_compile.compile(_LAUNCHER, f"{folder}/launcher.pyc", doraise=True))
