"""What a program costs: `python -m benchmarks.usage WORDS...` runs it and prints its seconds, CPU and memory as JSON.

A process of its own, as a program's peak of memory begins with that of the process which starts it, and that of a
benchmark is larger than most of what it measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

_MEMORY_UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Usage:
    """Seconds that a program ran, seconds of CPU that it took, and MiB that it held at most."""

    seconds: float
    cpu: float
    memory: float


def run(words: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run a program that must succeed; what it prints goes to standard error."""
    told = subprocess.run(
        [sys.executable, "-m", __name__, *words], env=environment, stdout=subprocess.PIPE, check=False
    )
    if told.returncode:
        raise SystemExit(f"{' '.join(words)} failed; the figure would be worthless.")
    return Usage(**json.loads(told.stdout))


def _measure(words: list[str]) -> Usage:
    started = time.perf_counter()
    redirected = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    process = os.posix_spawn(words[0], words, os.environ, file_actions=redirected)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    if status:
        sys.exit(1)
    return Usage(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MEMORY_UNIT)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(sys.argv[1:]))))
