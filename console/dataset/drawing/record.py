"""Records of drawn images in the published layout, one by one or by several processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from console.dataset.drawing.image import draw_image
from console.dataset.layout import COARSE_OF_FINE, RECORD_BYTES

_MOST_PROCESSES = 4
_MANY = 1_000  # images; for fewer, starting processes takes longer than drawing
_PACKAGES = Path(__file__).parents[3]


def draw_record(seed: int, number: int, fine: int) -> bytes:
    """The record of an image, which has a random stream of its own."""
    image = draw_image(fine, np.random.default_rng([seed, number]))
    return bytes((COARSE_OF_FINE[fine], fine)) + image.transpose(2, 0, 1).tobytes()


def draw_records(seed: int, labels: Sequence[int]) -> Generator[bytes]:
    """The records of images with these labels, in their order; many are drawn on all cores."""
    plan = [(seed, number, fine) for number, fine in enumerate(labels)]
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if processes == 1 or len(plan) < _MANY:
        yield from (draw_record(*each) for each in plan)
        return
    with ExitStack() as ending:
        drawing = [_start(plan[first::processes], ending) for first in range(processes)]
        for process in islice(cycle(drawing), len(plan)):
            record = process.stdout.read(RECORD_BYTES) if process.stdout else b""
            if len(record) != RECORD_BYTES:
                raise RuntimeError(f"A process that draws images ended early, with the code {process.wait()}.")
            yield record


def _start(share: Sequence[tuple[int, int, int]], ending: ExitStack) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = ending.enter_context(
        subprocess.Popen(
            [sys.executable, "-P", "-m", __package__ or ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
    )
    ending.callback(process.kill)  # one that is done has ended
    if process.stdin:
        process.stdin.write(json.dumps(share).encode())
        process.stdin.close()
    return process
