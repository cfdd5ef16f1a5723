"""One shell for all commands of a build, as CodeBuild has it: what one exports and where it goes stays for the next.

The shell reads the names of command files on a descriptor of its own and answers each with an exit code on another,
so that commands cannot eat what is meant for the shell, and may print what they like.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from localaws.builds.errors import BuildError

# dash takes descriptors of one digit only; the pipes' own numbers have more, lest they meet these two.
_LOOP = """
exec 8</dev/fd/{names} 9>/dev/fd/{codes}
while IFS= read -r scones_command <&8; do . "$scones_command" </dev/null 8<&- 9>&-; echo "$?" >&9; done
"""
# Answers that no command gives.
TIMED_OUT = -1
STOPPED = -2
_POLL_SECONDS = 0.2
_CHUNK = 65536
_FIRST = 10


class Shell:
    """A shell in a folder, with an environment; what it prints goes to `write`.

    `started` is given the number of each process that leads a group; `stopped` is asked again and again whether the
    build was stopped.
    """

    def __init__(
        self,
        program: str,
        folder: Path,
        environment: Mapping[str, str],
        write: Callable[[str], None],
        stopped: Callable[[], bool] = lambda: False,
        started: Callable[[int], None] = lambda _: None,
    ) -> None:
        found = shutil.which(program)
        if found is None:
            raise BuildError(f"The buildspec wants the shell {program}, which is not on this machine's PATH.")
        self._files = tempfile.TemporaryDirectory(prefix="scones-build-")
        self._write = write
        self._stopped = stopped
        self._started = started
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._commands = 0
        self._begin = partial(self._start, found, folder, dict(environment))
        self._begin()

    def _start(self, program: str, folder: Path, environment: dict[str, str]) -> None:
        names, self._names = _pipe()
        self._codes, codes = _pipe()
        self._process = subprocess.Popen(
            [program, "-c", _LOOP.format(names=names, codes=codes)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(names, codes),
        )
        self._started(self._process.pid)
        os.close(names)
        os.close(codes)
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        self._output = self._process.stdout
        os.set_blocking(self._output.fileno(), False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, command: str, deadline: float) -> int:
        """Run one command to its end, or until `deadline` of the monotonic clock or a stop; answers its exit code.

        A command that calls `exit` ends the shell; the next one gets a new shell, with the first environment.
        """
        if self._process.poll() is not None:
            self._end()
            self._begin()
        self._send(command)
        ended = TIMED_OUT
        while time.monotonic() < deadline:
            if self._stopped():
                ended = STOPPED
                break
            ready, _, _ = select.select([self._output.fileno(), self._codes], [], [], _POLL_SECONDS)
            if self._codes in ready and (answer := os.read(self._codes, 16)):
                self._copy()
                return int(answer)
            if not self._copy() and self._process.poll() is not None:
                return self._process.returncode if self._process.returncode >= 0 else 128 - self._process.returncode
        self._end()
        self._begin()
        return ended

    def close(self) -> None:
        """End the shell and whatever it left running."""
        self._end()
        self._files.cleanup()

    def _send(self, command: str) -> None:
        self._commands += 1
        path = Path(self._files.name) / str(self._commands)
        path.write_text(command + "\n", encoding="utf-8")
        os.write(self._names, f"{path}\n".encode())

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._copy()
        self._output.close()
        os.close(self._names)
        os.close(self._codes)

    def _copy(self) -> bool:
        """Hand on what was printed by now; False where there was nothing."""
        some = False
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._output.fileno(), _CHUNK):
                some = True
                self._write(self._decode(chunk))
        return some


def _pipe() -> tuple[int, int]:
    """A pipe whose descriptors have two digits or more."""
    made = os.pipe()
    ends = (fcntl.fcntl(made[0], fcntl.F_DUPFD_CLOEXEC, _FIRST), fcntl.fcntl(made[1], fcntl.F_DUPFD_CLOEXEC, _FIRST))
    for end in made:
        os.close(end)
    return ends
