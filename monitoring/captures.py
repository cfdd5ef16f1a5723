"""Captured requests of a window, line by line, whatever state the lines are in.

AWS delivers late, twice, or cut off in the middle; none of that may stop a run, and all of it is counted.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

LONGEST_LINE = 12_000_000  # a request of 6 MB in base64, and its answer
MOST_IDS = 1_000_000  # eight bytes each are remembered of so many events to tell a repetition
TEXTS = ("CSV", "JSON")


@dataclass(frozen=True)
class Capture:
    """One request and its answer; either may be absent."""

    identity: str
    time: datetime
    picture: bytes | None
    answer: str | None


@dataclass
class Captures:
    """Reads all files below a folder; `skipped` tells how many lines were left out, and why."""

    folder: Path
    start: datetime
    end: datetime
    skipped: Counter[str] = field(default_factory=Counter)
    _seen: set[int] = field(default_factory=set)

    def __iter__(self) -> Iterator[Capture]:
        for path in sorted(self.folder.rglob("*.jsonl")):
            yield from self._read(path)

    def _read(self, path: Path) -> Iterator[Capture]:
        with path.open("rb") as lines:
            while line := lines.readline(LONGEST_LINE):
                if line.strip() and (capture := self._take(line)):
                    yield capture

    def _take(self, line: bytes) -> Capture | None:
        try:
            capture, event = _parse(json.loads(line))
        except UnknownEncodingError:
            why = "unknown encoding"
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            why = "unreadable line"
        else:
            if not self.start <= capture.time < self.end:
                why = "outside the window"
            elif self._repeats(event):
                why = "repeated"
            else:
                return capture
        self.skipped[why] += 1
        return None

    def _repeats(self, event: str) -> bool:
        mark = hash(event)
        if mark in self._seen:
            return True
        if len(self._seen) < MOST_IDS:
            self._seen.add(mark)
        return False


class UnknownEncodingError(ValueError):
    """The data are encoded in a way that Model Monitor does not document."""


def _parse(line: dict[str, Any]) -> tuple[Capture, str]:
    data, about = line["captureData"], line["eventMetadata"]
    time = datetime.fromisoformat(about["inferenceTime"])
    picture = _content(data.get("endpointInput"))
    answer = _content(data.get("endpointOutput"))
    event = str(about["eventId"])
    identity = str(about.get("inferenceId") or event)
    return Capture(identity, time, picture, None if answer is None else answer.decode("utf-8")), event


def _content(side: dict[str, Any] | None) -> bytes | None:
    """The bytes of one side. Only `encoding` tells what `data` is: a picture in and JSON out are a mixed pair."""
    if side is None or side.get("data") is None:
        return None
    if side["encoding"] == "BASE64":
        try:
            return base64.b64decode(side["data"], validate=True)
        except binascii.Error as error:
            raise ValueError("the data are not base64") from error
    if side["encoding"] in TEXTS:
        return str(side["data"]).encode()
    raise UnknownEncodingError(side["encoding"])
