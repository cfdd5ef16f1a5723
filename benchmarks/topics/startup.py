"""How long the local AWS takes to answer, and how much memory it holds; MiniStack alone beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from benchmarks.alternation import alternate
from benchmarks.figures import Measured, Series
from benchmarks.local import free_port

OURS = "local AWS"
WORDS = {
    OURS: ["-m", "localaws"],
    "MiniStack alone": ["-m", "ministack"],
}
_PATIENCE = 60


def measure(quick: bool) -> Measured:
    """Start each in turn until its port answers, then read its memory; also in a home that another start has made."""
    rounds = 3 if quick else 7
    memory: dict[str, list[float]] = {who: [] for who in WORDS}
    with tempfile.TemporaryDirectory() as used:
        homes = {who: Path(used, str(number)) for number, who in enumerate(WORDS)}
        for who, home in homes.items():
            home.mkdir()
            _start(who, [], home)
        again = alternate({who: partial(_start, who, memory[who], home) for who, home in homes.items()}, rounds)
    first = alternate({who: partial(_start_afresh, who) for who in WORDS}, rounds)
    series = [Series("start", who, "s", values) for who, values in again.items()]
    series += [Series("start in an empty home", who, "s", values) for who, values in first.items()]
    series += [Series("memory after the start", who, "MiB", tuple(values)) for who, values in memory.items()]
    note = "From the process's start until an HTTP request is answered; the memory is the resident set then. "
    return Measured("startup", OURS, tuple(series), (note + "MiniStack, on which it stands, has no SageMaker.",))


def _start_afresh(who: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        return _start(who, [], Path(home))


def _start(who: str, memory: list[float], home: Path) -> float:
    began = time.perf_counter()
    with _running(who, home) as (process, port):
        _await(process, port)
        seconds = time.perf_counter() - began
        memory.append(psutil.Process(process.pid).memory_info().rss / 2**20)
    return seconds


@contextmanager
def _running(who: str, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    environment = {**os.environ, "SCONES_PORT": str(port), "SCONES_HOME": str(home)}
    environment |= {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, *WORDS[who]], env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            yield process, port
        finally:
            process.terminate()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if connection.recv(16).startswith(b"HTTP/1.1"):
                    return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"{process.args!r} did not answer; the figure would be worthless.")
