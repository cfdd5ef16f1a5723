"""Many captures on disk, and the time and memory that a process needs to analyse them."""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from monitoring.captures import Capture

A_FILE = 5000
MEMORY_UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024


def write_captures(captures: list[tuple[int | None, Capture]], folder: Path, count: int) -> None:
    """Write `count` captures in Model Monitor's layout, in turn of those given, each an event of its own."""
    hour = folder / "scones-vehicles/live/2026/01/01/10"
    hour.mkdir(parents=True)
    halves = [_halves(capture) for _, capture in captures]
    for start in range(0, count, A_FILE):
        with (hour / f"{start // A_FILE:02d}-00-000-benchmark.jsonl").open("w") as stream:
            for event in range(start, min(start + A_FILE, count)):
                metadata = {"eventId": f"event-{event}", "inferenceTime": "2026-01-01T10:30:00Z"}
                line = {"captureData": halves[event % len(halves)], "eventMetadata": metadata, "eventVersion": "0"}
                stream.write(json.dumps(line) + "\n")


def analyse(place: Path, baseline: Path) -> tuple[float, float]:
    """Seconds and most MiB of `python -m monitoring` on the captures in place."""
    environment = {
        **os.environ,
        "dataset_source": str(place / "captures"),
        "output_path": str(place / "output"),
        "OPT_ML": str(place / "opt-ml"),
        "baseline_statistics": str(baseline / "statistics.json"),
        "baseline_constraints": str(baseline / "constraints.json"),
        "start_time": "2026-01-01T10:00:00Z",
        "end_time": "2026-01-01T11:00:00Z",
    }
    started = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, "-m", "monitoring"], environment)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit("Monitoring failed; the figure would be worthless.")
    return time.perf_counter() - started, usage.ru_maxrss / MEMORY_UNIT


def _halves(capture: Capture) -> dict[str, Any]:
    return {
        "endpointInput": {
            "observedContentType": "image/png",
            "mode": "INPUT",
            "data": base64.b64encode(capture.sent or b"").decode(),
            "encoding": "BASE64",
        },
        "endpointOutput": {
            "observedContentType": "application/json",
            "mode": "OUTPUT",
            "data": (capture.answered or b"").decode(),
            "encoding": "JSON",
        },
    }
