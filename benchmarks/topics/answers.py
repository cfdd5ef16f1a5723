"""What an answer costs by ONNX Runtime, beside MXNet, which answered before: the bare forward pass on one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import served
from benchmarks.figures import Measured, Series

OURS, BEFORE = "ONNX Runtime 1.32", "MXNet 1.9.1"
WORDS = {OURS: (), BEFORE: ("mxnet",)}
PROGRAM = Path(__file__).parents[1] / "forward.py"
FIGURES = {
    "one image": (1, "milliseconds", "ms"),
    "batches of 16": (16, "images_per_second", "images/s"),
    "batches of 64": (64, "images_per_second", "images/s"),
    "batches of 64, a second of CPU": (64, "images_per_cpu_second", "images/s"),
    "CPU until the first answer": (1, "ready_after", "s"),
    "memory": (1, "megabytes", "MB"),
}


def measure(quick: bool) -> Measured:
    """Whole processes in turn, each with a batch size."""
    rounds, span = (3, 1.0) if quick else (7, 3.0)
    found: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        served.write_model(model)
        for number in range(rounds):
            for who in list(WORDS) if number % 2 == 0 else list(WORDS)[::-1]:
                told = {batch: _run(model, batch, span, who) for batch in (1, 16, 64)}
                for what, (batch, figure, _) in FIGURES.items():
                    found.setdefault((what, who), []).append(told[batch][figure])
            print(f"  round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    series = tuple(Series(what, who, FIGURES[what][2], tuple(values)) for (what, who), values in sorted(found.items()))
    note = "20 layers, 3x28x28, the profile `compact`'s network; without HTTP, which the endpoint below has."
    return Measured("answers", OURS, series, (note,))


def _run(model: Path, batch: int, span: float, who: str) -> dict[str, float]:
    words = [sys.executable, str(PROGRAM), str(model), str(batch), str(span), *WORDS[who]]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told
