"""Training throughput of the stand-in's net by its two engines, beside the same net in PyTorch, each on one thread.

Both do whole steps (forward, loss, backward, SGD with momentum) on batches of 32 random images; augmentation and
decoding are left out. Each figure is a process of its own, which warms up first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import environments
from benchmarks.alternation import alternate
from benchmarks.figures import Measured, Series

OURS = "stand-in (MXNet 1.9.1)"
PORTABLE = "stand-in (portable)"
WHAT = "20 layers, 3x28x28, batches of 32"
PROGRAM = Path(__file__).parents[1] / "engine_training.py"


def measure(quick: bool) -> Measured:
    """Whole processes in turn."""
    steps = "10" if quick else "40"
    candidates = {
        OURS: lambda: _rate(_ours("mxnet", steps)),
        PORTABLE: lambda: _rate(_ours("portable", steps)),
        _torch(): lambda: _rate(environments.run("pytorch", "pytorch_training.py", steps)),
    }
    environments.python("pytorch")
    found = alternate(candidates, 3 if quick else 5)
    series = tuple(Series(WHAT, who, "images/s", values) for who, values in found.items())
    note = (
        "PyTorch is the wheel that pip chooses: CPU-only here; on other machines it may bring CUDA, which is not used."
    )
    return Measured("training", OURS, series, (note,))


def _torch() -> str:
    return f"PyTorch {environments.version('pytorch').rpartition(' ')[2]}"


def _ours(engine: str, steps: str) -> str:
    one = {"OMP_NUM_THREADS": "1", "SCONES_TRAINING_CORES": "1"}
    words, environment = [sys.executable, str(PROGRAM), steps], {**os.environ, **one, "SCONES_ENGINE": engine}
    return subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout


def _rate(printed: str) -> float:
    rate: float = json.loads(printed.strip().splitlines()[-1])["images_per_second"]
    return rate
