"""A checkout's local AWS as `scones demo` leaves it, in a home and on a port of its own; the demo is timed once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.local import free_port
from console.target import Target, choose

SCONES = [sys.executable, "-m", "console"]


@dataclass(frozen=True)
class Demonstrated:
    """The state after the demo, and its duration in seconds."""

    target: Target
    seconds: float


@contextmanager
def demonstrated(*options: str) -> Iterator[Demonstrated]:
    """Run the demo, yield its state, and stop it. Environment variables are set for this process as well."""
    with tempfile.TemporaryDirectory() as home:
        # Training takes all cores, as under `make demo`, also where OMP_NUM_THREADS is one.
        names = {"SCONES_PORT": str(free_port()), "SCONES_HOME": home, "SCONES_TRAINING_CORES": str(os.cpu_count())}
        before = dict(os.environ)  # `choose` adds where the local AWS is
        os.environ.update(names)
        try:
            began = time.perf_counter()
            scones("demo", *options, log=Path(home) / "demo.log")
            yield Demonstrated(choose("local"), time.perf_counter() - began)
        finally:
            scones("down", "--yes", log=Path(home) / "down.log")
            os.environ.clear()
            os.environ.update(before)


def scones(*words: str, log: Path) -> None:
    """Run the command, its output in a file; raises SystemExit where it fails."""
    with log.open("wb") as output:
        # Not at the top of the checkout, which would get the remote `scones` and keep it.
        done = subprocess.run([*SCONES, *words], cwd=log.parent, check=False, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(
            f"`scones {' '.join(words)}` failed: {log.read_text(encoding='utf-8', errors='replace')[-500:]}"
        )
