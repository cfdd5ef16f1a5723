"""When an epoch of a pre-training is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from console.pretraining import algorithm
from console.pretraining.workbench import Workbench

# Says the accuracy first and keeps the epoch a while later, as the algorithm does.
PROGRAM = """
import json, pathlib, sys, time
print("Epoch[0] Validation-accuracy=0.5", flush=True)
time.sleep(0.3)
pathlib.Path(sys.argv[1]).write_text(json.dumps({"epochs_done": 1}))
"""


def test_an_epoch_is_reported_when_its_checkpoint_is_on_disk(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    state = bench.root / "checkpoints" / "training-state.json"
    state.parent.mkdir(parents=True)
    seen: list[tuple[int, int]] = []
    words = [sys.executable, "-c", PROGRAM, str(state)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        algorithm._follow(
            process,
            bench,
            lambda *_: None,
            lambda epoch, _: seen.append((epoch, json.loads(state.read_text())["epochs_done"])),
        )
    assert seen == [(1, 1)]
