"""The calls that roles made, from the logs of all local AWSs of a test run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Call:
    """A call as the local AWS notes it in access.jsonl."""

    role: str
    action: str
    resource: str
    allowed: bool


def read(folder: Path) -> Iterator[Call]:
    """All calls of all logs in a folder, each once."""
    lines = {line for file in folder.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines()}
    for line in sorted(lines):
        yield Call(**json.loads(line))
