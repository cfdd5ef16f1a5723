"""Starts programs in namespaces by the launcher, and finds out what of them this machine's kernel allows."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from localaws.isolation.kinds import NAMESPACES, PATHS, VARIABLE, Isolation
from localaws.isolation.view import View, build_common_steps, build_steps
from localaws.isolation.waiting import Launchers
from localaws.platforms import has_namespaces

_FULL = Isolation(namespaces=True, processes=True)
_launchers = Launchers()


class IsolationError(ValueError):
    """What was asked for cannot be had; the message says what can."""


def launch(
    view: View,
    isolation: Isolation,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    cwd: Path | str = "/",
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: int | None = None,
    text: bool = False,
) -> subprocess.Popen[Any]:
    """Start a program in namespaces, as Popen starts one; raises OSError with the reason where it cannot be started.

    The process that is answered stands for the program, in a session of its own and in the folder `cwd` of this
    machine: it ends as the program ends, and hands SIGTERM on.
    """
    common, steps = tuple(build_common_steps(isolation)), build_steps(view)
    variables = [f"{name}={value}" for name, value in environment.items()]
    content = [str(cwd), str(len(steps)), str(len(words)), *steps, *words, *variables]
    with ExitStack() as closing:
        streams = _Streams(closing, text=text)
        given = [streams.open("stdin", stdin), streams.open("stdout", stdout)]
        given.append(given[1] if stderr == subprocess.STDOUT else streams.open("stderr", stderr))
        launcher = _launchers.take(common)
        try:
            reason = launcher.send(os.fsencode("\0".join(content)), given)
        except ConnectionError:
            reason = "the launcher ended early"
        if reason:
            launcher.discard()
            streams.close()
            raise OSError(0, reason)
    _launchers.prepare(common)
    streams.give_to(launcher.process)
    return launcher.process


class _Streams:
    """The ends of pipes: those that a program is given are closed here with `closing`, the others are ours."""

    def __init__(self, closing: ExitStack, *, text: bool) -> None:
        self._closing = closing
        self._text = text
        self._ours: dict[str, IO[Any]] = {}

    def open(self, name: str, wanted: int | None) -> int:
        """The descriptor that the program is given as this stream, as Popen's argument says: PIPE, DEVNULL or None."""
        number = ("stdin", "stdout", "stderr").index(name)
        if wanted is None:
            return number
        if wanted == subprocess.DEVNULL:
            theirs = os.open(os.devnull, os.O_RDWR)
        elif wanted == subprocess.PIPE:
            read, write = os.pipe()
            theirs, ours = (read, write) if number == 0 else (write, read)
            self._ours[name] = self._wrap(ours, "w" if number == 0 else "r")
        else:
            return wanted
        self._closing.callback(os.close, theirs)
        return theirs

    def _wrap(self, descriptor: int, mode: str) -> IO[Any]:
        if self._text:
            return open(descriptor, mode, encoding="utf-8", errors="replace")
        return open(descriptor, f"{mode}b", buffering=0 if mode == "w" else -1)

    def give_to(self, process: subprocess.Popen[Any]) -> None:
        """Let a process that was started without them have our ends."""
        for name, stream in self._ours.items():
            setattr(process, name, stream)

    def close(self) -> None:
        """Close our ends."""
        for stream in self._ours.values():
            stream.close()


def choose(wanted: str) -> Isolation:
    """What this machine allows, or PATHS where that is asked for; raises IsolationError for NAMESPACES it lacks."""
    if wanted == PATHS:
        return Isolation(reason=f"{VARIABLE}={PATHS} says")
    found = find()
    if wanted == NAMESPACES and not found.namespaces:
        raise IsolationError(
            f"{VARIABLE} is {wanted}, which this machine does not allow: {found.reason}. Leave {VARIABLE} out, or set "
            f"it to {PATHS}."
        )
    return found


def find() -> Isolation:
    """Try what this machine allows: all, all but an own /proc (as in most containers), or nothing."""
    if not has_namespaces():
        return Isolation(reason="this system has no namespaces; Linux has them")
    reason = _try(_FULL)
    if reason is None:
        return _FULL
    without = Isolation(namespaces=True, reason=f"the kernel allows no /proc of their own ({reason})")
    hindrance = _try(without)
    return without if hindrance is None else Isolation(reason=f"the kernel allows no namespaces ({hindrance})")


def _try(isolation: Isolation) -> str | None:
    """Why a program cannot be run so; None where it can."""
    with tempfile.TemporaryDirectory() as folder:
        view = View({"/opt/ml": Path(folder)})
        try:
            process = launch(view, isolation, ["true"], {"PATH": os.defpath})
        except OSError as error:
            return error.strerror
        return None if process.wait() == 0 else "a program did not end as it should"
