"""Candidates measured in turn, round after round, so that other work on the machine affects all alike."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """How long a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternate(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, tuple[float, ...]]:
    """Measure each candidate once a round; every other round runs backwards, so none is always first."""
    found: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds):
        order = list(candidates) if number % 2 == 0 else list(candidates)[::-1]
        for name in order:
            found[name].append(candidates[name]())
        print(f"  round {number + 1} of {rounds}: {_told(found)}", file=sys.stderr, flush=True)
    return {name: tuple(values) for name, values in found.items()}


def timed(candidates: Mapping[str, Work], rounds: int) -> dict[str, tuple[float, ...]]:
    """Seconds of each candidate's work, in alternation."""
    return alternate({name: _timer(work) for name, work in candidates.items()}, rounds)


def _timer(work: Work) -> Callable[[], float]:
    return lambda: seconds(work)


def _told(found: Mapping[str, list[float]]) -> str:
    return ", ".join(f"{name} {values[-1]:.4g}" for name, values in found.items())
