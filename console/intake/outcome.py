"""What became of pictures that were sent: curated, known already, or put aside with a reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from console.errors import CommandError
from console.intake.pictures import INCOMING, Picture
from console.intake.store import Store

CURATED, QUARANTINE = "curated/", "quarantine/"
_POLL_SECONDS = 0.5
_PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Outcome:
    """How many were new, how many were there already, and which were put aside, with file, reason, cause and key."""

    curated: int
    duplicates: int
    quarantined: list[dict[str, str]]


def wait_until_taken_in(store: Store, keys: Sequence[str], advance: Callable[[int, int], None], function: str) -> None:
    """Wait until no picture is left under incoming/; raises CommandError when nothing moves for three minutes."""
    ours, left, moved = set(keys), len(keys), time.monotonic()
    while left:
        waiting = sum(entry.key in ours for entry in store.entries(INCOMING))
        if waiting < left:
            advance(left - waiting, len(keys))
            left, moved = waiting, time.monotonic()
        elif time.monotonic() - moved > _PATIENCE_SECONDS:
            raise CommandError(
                f"{left} of {len(keys)} pictures have waited under {INCOMING} for {_PATIENCE_SECONDS} s; see the log "
                f"of the function {function}. They are safe there, and the same command goes on."
            )
        if left:
            time.sleep(_POLL_SECONDS)


def judge(store: Store, pictures: Sequence[Picture], before: set[str], since: datetime) -> Outcome:
    """Sort the pictures by where they are now; `before` is what was curated, and `since` when they were sent."""
    curated = _curated(store, pictures, before)
    quarantined = _quarantined(store, pictures, since)
    distinct = len({picture.key for picture in pictures})
    return Outcome(curated, distinct - curated - len(quarantined), quarantined)


def _curated(store: Store, pictures: Sequence[Picture], before: set[str]) -> int:
    """What is new, counted by the source that ingest_image writes on it: others may send pictures, too."""
    keys = {picture.key for picture in pictures}
    new = [entry.key for entry in store.entries(CURATED) if entry.key not in before]
    return sum(unquote(words.get("source", "")) in keys for words in store.metadata(new))


def _quarantined(store: Store, pictures: Sequence[Picture], since: datetime) -> list[dict[str, str]]:
    files = {picture.key.removeprefix(INCOMING): picture for picture in pictures}
    rows: list[dict[str, Any]] = []
    for entry in store.entries(QUARANTINE):
        reason, _, name = entry.key.removeprefix(QUARANTINE).partition("/")
        if name in files and entry.modified >= since:
            rows.append({"file": str(files[name].path), "reason": reason, "key": entry.key})
    for row, words in zip(rows, store.metadata([row["key"] for row in rows]), strict=True):
        row["cause"] = words.get("reason", "")
    return rows
