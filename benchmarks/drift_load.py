"""Many captures on disk, and what a process costs that analyses them, or that only reads them (run as a module)."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.usage import Usage, run
from monitoring.captures import Capture

A_FILE = 5000


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


def analyse(place: Path, baseline: Path) -> Usage:
    """What `python -m monitoring` costs on the captures in place."""
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
    return run([sys.executable, "-m", "monitoring"], environment)


def read_alone(place: Path) -> Usage:
    """What a process costs that takes the captures in place to pixels, and no further."""
    return run([sys.executable, "-m", __name__, str(place)], os.environ)


def _read(place: Path) -> None:
    for file in sorted(place.rglob("*.jsonl")):
        with file.open("rb") as lines:
            for line in lines:
                record = json.loads(line)
                sent = record["captureData"]["endpointInput"]["data"]
                with Image.open(io.BytesIO(base64.b64decode(sent)), formats=("PNG", "JPEG")) as image:
                    np.asarray(image)


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


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
