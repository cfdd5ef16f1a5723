"""Training on two cores beside one, while nothing else runs and while two other programs use the cores.

Whole epochs as a training job does them (`training_epochs.py`), each figure a process of its own. The other programs
count in Python, at the same priority. The figure a second of CPU says what the second core costs, whatever the load.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.alternation import alternate
from benchmarks.figures import Measured, Series

PROGRAM = Path(__file__).parents[1] / "training_epochs.py"
TWO, ONE = "two cores", "one core"
CORES = {TWO: 2, ONE: 1}
IDLE, BUSY, A_SECOND_OF_CPU = "idle cores", "busy cores", "a second of CPU"
WORKS = (("mxnet", "MXNet", 32), ("mxnet", "MXNet", 16), ("portable", "portable", 32))
SPIN = "while True: pass"


def measure(quick: bool) -> Measured:
    """All works on idle cores, then the first of each engine on busy ones."""
    rounds, epochs = (3, 2) if quick else (5, 3)
    series: list[Series] = []
    for engine, name, batch in WORKS:
        words = f"{name}, batches of {batch}"
        series += _alternate(words, engine, batch, epochs, rounds, busy=False)
        if batch == WORKS[0][2]:
            series += _alternate(words, engine, batch, epochs, rounds, busy=True)
    return Measured(
        "cores",
        TWO,
        tuple(series),
        (
            "Two replicas of the net with half of each batch; normalisation is by each half's own statistics.",
            "Busy: two programs that count, at the same priority, one for each core.",
        ),
    )


def _alternate(words: str, engine: str, batch: int, epochs: int, rounds: int, *, busy: bool) -> list[Series]:
    by_cpu: dict[str, list[float]] = {who: [] for who in CORES}

    def rate(who: str) -> float:
        found = _train(engine, batch, epochs, CORES[who])
        by_cpu[who].append(found["images_per_cpu_second"])
        return found["images_per_second"]

    candidates: dict[str, Callable[[], float]] = {who: partial(rate, who) for who in CORES}
    with _others(len(CORES) if busy else 0):
        found = alternate(candidates, rounds)
    kind = BUSY if busy else IDLE
    measured = [Series(f"{kind}, {words}", who, "images/s", values) for who, values in found.items()]
    if busy:
        return measured
    return measured + [
        Series(f"{A_SECOND_OF_CPU}, {words}", who, "images/s", tuple(values)) for who, values in by_cpu.items()
    ]


def _train(engine: str, batch: int, epochs: int, cores: int) -> dict[str, float]:
    own = {"SCONES_ENGINE": engine, "SCONES_TRAINING_CORES": str(cores), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, str(PROGRAM), str(batch), str(epochs)]
    environment = {**os.environ, **own, "PYTHONPATH": str(PROGRAM.parents[1])}
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextmanager
def _others(count: int) -> Iterator[None]:
    running = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for each in running:
            each.kill()
            each.wait()
