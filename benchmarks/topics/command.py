"""How quickly the command answers: `scones --help` as a whole process, beside Python alone and the SDK's import."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.alternation import Work, timed
from benchmarks.figures import Measured, Series

OURS = "scones"
WORDS = {
    ("help", OURS): ["-m", "console", "--help"],
    ("help of `run`", OURS): ["-m", "console", "run", "--help"],
    ("help", "Python alone"): ["-c", "pass"],
    ("help", "import sagemaker"): ["-c", "import sagemaker"],
}


def measure(quick: bool) -> Measured:
    """Whole processes in turn."""
    by_name = {f"{who}: {what}": (what, who) for what, who in WORDS}
    candidates = {name: _process(WORDS[key]) for name, key in by_name.items()}
    found = timed(candidates, 5 if quick else 15)
    series = tuple(Series(*by_name[name], "s", values) for name, values in found.items())
    return Measured("command", OURS, series, ("Each is a whole process, from its start to its end.",))


def _process(words: list[str]) -> Work:
    return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)
