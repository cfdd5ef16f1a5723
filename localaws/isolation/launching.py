"""Starts programs in namespaces by the launcher, and finds out what of them this machine's kernel allows."""

from __future__ import annotations

import os
import py_compile
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from localaws.isolation.kinds import NAMESPACES, PATHS, VARIABLE, Isolation
from localaws.isolation.view import View, build_steps
from localaws.platforms import has_namespaces

_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
_FULL = Isolation(namespaces=True, processes=True)
_LONGEST = 4096  # bytes of a reason


class IsolationError(ValueError):
    """What was asked for cannot be had; the message says what can."""


def launch(
    view: View,
    isolation: Isolation,
    words: Sequence[str],
    environment: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - Popen's
) -> subprocess.Popen[Any]:
    """Start a program in namespaces; raises OSError with the reason where it cannot be started.

    The process that is answered stands for the program: it ends as that ends, and hands SIGTERM on.
    """
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", _compiled(), str(theirs.fileno())],
                env={"LC_ALL": "C.UTF-8"},
                pass_fds=(theirs.fileno(),),
                **options,
            )
        steps = build_steps(view, isolation)
        variables = [f"{name}={value}" for name, value in environment.items()]
        try:
            ours.sendall(os.fsencode("\0".join([str(len(steps)), str(len(words)), *steps, *words, *variables])))
            ours.shutdown(socket.SHUT_WR)
            reason = ours.recv(_LONGEST)
        except ConnectionError:
            reason = b"the launcher ended early"
    if reason:
        _discard(process)
        raise OSError(0, reason.decode(errors="replace"))
    return process


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


@cache
def _compiled() -> str:
    """The launcher's bytecode, of which a start takes a third less time than of its source."""
    return str(py_compile.compile(_LAUNCHER, f"{tempfile.mkdtemp(prefix='launcher-')}/launcher.pyc", doraise=True))


def _try(isolation: Isolation) -> str | None:
    """Why a program cannot be run so; None where it can."""
    with tempfile.TemporaryDirectory() as folder:
        view = View({"/opt/ml": Path(folder)})
        try:
            process = launch(view, isolation, ["true"], {"PATH": os.defpath}, stdin=subprocess.DEVNULL)
        except OSError as error:
            return error.strerror
        return None if process.wait() == 0 else "a program did not end as it should"


def _discard(process: subprocess.Popen[Any]) -> None:
    process.kill()
    process.wait()
    streams: list[IO[Any] | None] = [process.stdin, process.stdout, process.stderr]
    for stream in streams:
        if stream is not None:
            stream.close()
