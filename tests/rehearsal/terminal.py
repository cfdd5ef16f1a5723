"""A reader's terminal: one shell for all commands, with answers to their questions.

What one command exports, and where it goes, stays for the next. Each command has a terminal of its own as its input,
in which the reader's answers wait; its output goes to a pipe, so that progress comes as lines.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rehearsal.page import ANYTHING

_LOOP = """
while IFS= read -r command_file <&3 && IFS= read -r command_input <&3
do . "$command_file" <"$command_input" 3<&- 4>&-; echo "$?" >&4; done
"""
_CHUNK = 65_536
_FIRST = 10
_POLL_SECONDS = 0.2
_ACCOUNT = re.compile(r"\b\d{12}\b")


class TerminalError(Exception):
    """A command could not be run to its end."""


class Terminal:
    """bash in a folder, with an environment; `hear` is given what it prints, as it comes."""

    def __init__(self, folder: Path, environment: Mapping[str, str], hear: Callable[[str], None]) -> None:
        self._files = tempfile.TemporaryDirectory(prefix="scones-terminal-")
        self._hear = hear
        names, self._names = _pipe()
        self._codes, codes = _pipe()
        program = f"exec 3<&{names} 4>&{codes} {names}<&- {codes}>&-\n{_LOOP}"
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-c", program],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Not a session of its own: the first terminal that its leader opens would control it, and end it.
            process_group=0,
            pass_fds=(names, codes),
        )
        os.close(names)
        os.close(codes)
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._files.cleanup()

    def export(self, variables: Mapping[str, str]) -> None:
        """Set environment variables of the shell."""
        self.run(
            "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()) or ":", seconds=9
        )

    def run(self, command: str, *, answers: Sequence[str] = (), seconds: float = 600) -> tuple[int, str]:
        """Run a command; answers its exit code and output. Raises TerminalError if it does not end."""
        keyboard, inputs = pty.openpty()
        try:
            for answer in answers:
                os.write(keyboard, f"{answer}\n".encode())
            path = Path(self._files.name) / f"{time.monotonic_ns()}"
            path.write_text(f"{command}\n", encoding="utf-8")
            os.write(self._names, f"{path}\n{os.ttyname(inputs)}\n".encode())
            return self._until_done(command, time.monotonic() + seconds)
        finally:
            os.close(keyboard)
            os.close(inputs)

    def _until_done(self, command: str, deadline: float) -> tuple[int, str]:
        printed = bytearray()
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self._output, self._codes], [], [], _POLL_SECONDS)
            done = os.read(self._codes, 16) if self._codes in ready else b""
            printed += self._copy()
            if done:
                return int(done), printed.decode("utf-8", "replace")
            if self._process.poll() is not None:
                raise TerminalError(f"`{command}` ended the shell.")
        raise TerminalError(
            f"`{command}` did not end in time; it had printed: {printed[-2_000:].decode(errors='replace')}"
        )

    def _copy(self) -> bytes:
        copied = bytearray()
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._output, _CHUNK):
                self._hear(chunk.decode("utf-8", "replace"))
                copied += chunk
        return bytes(copied)


def _pipe() -> tuple[int, int]:
    """A pipe whose descriptors are above those that the loop uses."""
    made = os.pipe()
    ends = (fcntl.fcntl(made[0], fcntl.F_DUPFD_CLOEXEC, _FIRST), fcntl.fcntl(made[1], fcntl.F_DUPFD_CLOEXEC, _FIRST))
    for end in made:
        os.close(end)
    return ends


def missing(shows: Sequence[str], printed: str) -> str | None:
    """The first of the lines that a page shows which a command has not printed; None where all are there, in order.

    `...` stands for anything; one account's number is as good as another's.
    """
    place = 0
    text = _ACCOUNT.sub("#" * 12, printed)
    for line in shows:
        if line.strip() == ANYTHING:
            continue
        parts = [re.escape(part) for part in _ACCOUNT.sub("#" * 12, line.strip()).split(ANYTHING)]
        found = re.compile(".*?".join(re.sub(r"(\\ )+", r"\\s+", part) for part in parts)).search(text, place)
        if found is None:
            return line
        place = found.end()
    return None
