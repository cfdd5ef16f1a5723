"""The drift check on many captures: seconds, CPU and memory, beside what reading them costs at the very least.

`reading alone` takes the same lines to pixels by the same libraries, and measures, compares and keeps nothing.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.alternation import alternate
from benchmarks.drift_images import Drawn
from benchmarks.drift_load import analyse, read_alone, write_captures
from benchmarks.drift_world import World
from benchmarks.figures import Measured, Series
from benchmarks.usage import Usage

OURS, READING = "drift check", "reading alone"
FEW, MANY = 1000, 100_000
IMAGES = 200


def measure(quick: bool) -> Measured:
    """Few captures and many, each in a process of its own."""
    series = []
    world = World(Drawn(), IMAGES, 0)
    captures = world.captures("none", 1000, 7)
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, MANY):
            print(f"{count:,} captures", file=sys.stderr, flush=True)
            place = Path(folder) / str(count)
            write_captures(captures, place / "captures", count)
            costs: dict[str, list[Usage]] = {OURS: [], READING: []}
            candidates = {
                OURS: partial(_keep, costs[OURS], partial(analyse, place, world.baseline)),
                READING: partial(_keep, costs[READING], partial(read_alone, place)),
            }
            alternate(candidates, 1 if quick else 3)
            what = f"{count:,} captures"
            series += [Series(what, who, "s", tuple(each.seconds for each in costs[who])) for who in costs]
            series += [Series(f"{what}, CPU", who, "s", tuple(each.cpu for each in costs[who])) for who in costs]
            series.append(Series(f"{what}, most memory", OURS, "MiB", tuple(each.memory for each in costs[OURS])))
    note = "A capture is a line of 2.7 kB with a 28x28 PNG, on disk. A time is a whole process's, imports included."
    return Measured("monitoring", OURS, tuple(series), (note,))


def _keep(costs: list[Usage], work: partial[Usage]) -> float:
    costs.append(work())
    return costs[-1].seconds
