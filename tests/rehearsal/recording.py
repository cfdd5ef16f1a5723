"""What the local AWS answered in each step of the page, kept in the repository for trials to compare AWS with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tests.rehearsal.observer import StepRecord

FILE = Path(__file__).with_name("recording.json")
_NUMBER = re.compile(r"\d+")

Steps = Mapping[str, StepRecord]


def read(path: Path = FILE) -> dict[str, StepRecord]:
    """The recording, by the title of each step."""
    return {title: StepRecord(**one) for title, one in json.loads(path.read_text(encoding="utf-8")).items()}


def write(steps: Steps, path: Path = FILE) -> None:
    """Replace the recording."""
    content = {title: asdict(one) for title, one in steps.items()}
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def shape(steps: Steps) -> dict[str, set[str]]:
    """The part of a recording that does not depend on machine and time: each step's histories, and all events."""
    named = {title: {_NUMBER.sub("#", name) for name in one.histories} for title, one in steps.items()}
    return {**named, "events": {kind for one in steps.values() for kind in one.events}}


def stale(steps: Steps, path: Path = FILE) -> str:
    """The differences between a rehearsal and the recording; empty if they agree."""
    now, kept = shape(steps), shape(read(path))
    found = []
    for title in sorted({*now, *kept}):
        more = sorted(now.get(title, set()) - kept.get(title, set()))
        less = sorted(kept.get(title, set()) - now.get(title, set()))
        found += [f"{title} has {', '.join(more)} besides"] if more else []
        found += [f"{title} lacks {', '.join(less)}"] if less else []
    return "; ".join(found)
