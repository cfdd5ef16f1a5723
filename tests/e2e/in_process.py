"""`scones` in the process of the tests: importing what a command needs takes longer than most commands do.

A command is started as a process of its own where the process is the subject, where it starts others that outlive it
or write beside it, and by `Laptop.python`.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType
from unittest import mock

import boto3

from console.__main__ import main

OF_THEIR_OWN = frozenset({"up", "down", "demo", "console", "pretrain"})
"""The commands that start processes which outlive them, or which write to the terminal themselves."""


class Terminal(io.StringIO):
    """A terminal at which something has been typed."""

    def isatty(self) -> bool:
        """A person is there to be asked."""
        return True


def run(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: int, typed: str | None = None
) -> tuple[int, str, str]:
    """Run a command in an environment and a folder; answers its exit code, and what it wrote to both streams.

    Where something is `typed`, a person is at the terminal, and else nobody. What a person would see as a traceback is
    raised, and TimeoutExpired after so many seconds.
    """
    out, error = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch("sys.stdin", io.StringIO() if typed is None else Terminal(typed)),
        mock.patch.object(boto3, "DEFAULT_SESSION", None),  # a session keeps the key of the environment it was made in
        redirect_stdout(out),
        redirect_stderr(error),
        chdir(folder),
        _at_most(seconds, words),
    ):
        try:
            code = main(words)
        except SystemExit as ended:  # argparse's
            code = ended.code if isinstance(ended.code, int) else 1
    return code, out.getvalue(), error.getvalue()


@contextmanager
def _at_most(seconds: int, words: Sequence[str]) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise subprocess.TimeoutExpired(["scones", *words], seconds)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
