"""Raw results on disk, one JSON file a topic, so that the page can be written again without measuring."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import Measured, Series

FOLDER = Path(__file__).parent / "results"


def write(measured: Measured, folder: Path = FOLDER) -> Path:
    """Store a topic's figures, replacing earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{measured.topic}.json"
    path.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")
    return path


def read(topic: str, folder: Path = FOLDER) -> Measured | None:
    """A topic's figures; None where it has not been measured."""
    path = folder / f"{topic}.json"
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    series = tuple(Series(**{**each, "values": tuple(each["values"])}) for each in found.pop("series"))
    return Measured(**{**found, "series": series, "notes": tuple(found["notes"])})
