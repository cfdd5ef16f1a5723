"""The whole `scones demo`, in a warm environment and an empty home: from nothing to two answered images."""

from __future__ import annotations

import sys

from benchmarks.demonstrated import demonstrated
from benchmarks.figures import Measured, Series

OURS = "scones demo"


def measure(quick: bool) -> Measured:
    """Each round starts with only the installed environment."""
    took = []
    for number in range(1 if quick else 3):
        with demonstrated() as found:
            took.append(found.seconds)
        print(f"  round {number + 1}: {took[-1]:.1f} s", file=sys.stderr, flush=True)
    note = "The local AWS starts, the stack is deployed, images are drawn, 22 epochs trained, a version deployed."
    return Measured("demo", OURS, (Series("from nothing to two answers", OURS, "s", tuple(took)),), (note,))
