"""Runs the stand-in by its command line, as a training job does, and reads its progress from its output."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from console.errors import CommandError
from console.pretraining.workbench import Workbench
from localaws.algorithms.image_classification.replicas import VARIABLE
from localaws.environment import PACKAGES, SAFE
from localaws.platforms import THREAD_VARIABLES
from localaws.settings import from_environment

PACKAGE = "localaws.algorithms.image_classification"
GRACE_SECONDS = 10
_POLL_SECONDS = 0.02
_BATCH = re.compile(r"Epoch\[(\d+)\] Batch \[(\d+)\]")
_END = re.compile(r"Epoch\[(\d+)\] Validation-accuracy=([0-9.]+)")

OnBatch = Callable[[int, int], None]
"""Is called with the epoch, counted from 0, and the batches done in it."""
OnEpoch = Callable[[int, float], None]
"""Is called with the epoch that has ended, counted from 1, and its accuracy on the held-out images."""


def train(bench: Workbench, seed: int, lock: int, on_batch: OnBatch, on_epoch: OnEpoch) -> None:
    """Train what is laid out, from the last checkpoint on. Raises CommandError with the algorithm's own reason.

    The algorithm holds the lock's descriptor as well: while it lives, nobody else works in the folder.
    """
    process = subprocess.Popen(
        [sys.executable, *SAFE, "-m", PACKAGE, "train"],
        env=list_variables(OPT_ML=str(bench.root), SCONES_SEED=str(seed)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        pass_fds=(lock,),
    )
    try:
        _follow(process, bench, on_batch, on_epoch)
        code = process.wait()
    finally:
        _end(process)
    if code:
        raise CommandError(f"The pretraining failed: {_reason(bench)} Its log is {bench.log}.")


def put_head(source: Path, target: Path, layers: int, seed: int) -> None:
    """Write the trained net to `target` with a new final layer of two classes."""
    words = [str(source), str(target), "--num-layers", str(layers), "--seed", str(seed)]
    done = _run([sys.executable, *SAFE, "-m", f"{PACKAGE}.new_head", *words])
    if done.returncode:
        raise CommandError(f"The trained net cannot be kept: {done.stderr.strip()}")


def _follow(process: subprocess.Popen[str], bench: Workbench, on_batch: OnBatch, on_epoch: OnEpoch) -> None:
    started = time.monotonic()
    with bench.log.open("a", encoding="utf-8") as log:
        for line in process.stdout or ():
            log.write(line)
            log.flush()
            if found := _BATCH.search(line):
                on_batch(int(found[1]), int(found[2]))
            elif found := _END.search(line):
                epoch = int(found[1]) + 1
                _await_checkpoint(process, bench, epoch)
                bench.add_seconds(time.monotonic() - started)
                started = time.monotonic()
                on_epoch(epoch, float(found[2]))


def _await_checkpoint(process: subprocess.Popen[str], bench: Workbench, epoch: int) -> None:
    """The algorithm prints an epoch's accuracy before it keeps the epoch; whoever reads it may kill us."""
    deadline = time.monotonic() + GRACE_SECONDS
    while bench.state()["epochs_done"] < epoch and process.poll() is None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask the algorithm to end after its batch, and make it end when it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.communicate(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(bench: Workbench) -> str:
    try:
        return bench.failure.read_text(encoding="utf-8").strip()
    except OSError:
        return "the algorithm was ended from outside."


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env=list_variables(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def list_variables(**more: str) -> dict[str, str]:
    """The environment of the algorithm's programs: this one, with one numeric thread a replica."""
    return {
        **dict.fromkeys(THREAD_VARIABLES, "1"),
        **os.environ,
        VARIABLE: str(from_environment().training_cores),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": PACKAGES,
        **more,
    }
