"""The outcome of images that were sent, and the end of their batch, which starts a training."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from console.errors import CommandError
from console.intake.images import INCOMING, Image
from console.intake.store import Store

CURATED, QUARANTINE = "curated/", "quarantine/"
SUCCESS = "incoming/_SUCCESS"
"""Closes a batch; start_training answers under batches/started/."""
_CLOSING_SECONDS = 300
_STARTING_SECONDS = 30
_POLL_SECONDS = 0.5
_INTAKE_SECONDS = 180


@dataclass(frozen=True)
class Outcome:
    """How many were new, how many were there already, and which were put aside, with file, reason, cause and key."""

    curated: int
    duplicates: int
    quarantined: list[dict[str, str]]


def await_intake(store: Store, keys: Sequence[str], advance: Callable[[int, int], None], function: str) -> None:
    """Wait until no image is left under incoming/; raises CommandError when nothing moves for three minutes."""
    ours, left, moved = set(keys), len(keys), time.monotonic()
    while left:
        waiting = sum(entry.key in ours for entry in store.entries(INCOMING))
        if waiting < left:
            advance(left - waiting, len(keys))
            left, moved = waiting, time.monotonic()
        elif time.monotonic() - moved > _INTAKE_SECONDS:
            raise CommandError(
                f"{left} of {len(keys)} images have waited under {INCOMING} for {_INTAKE_SECONDS} s; see the log "
                f"of the function {function}. They are safe there, and the same command goes on."
            )
        if left:
            time.sleep(_POLL_SECONDS)


def find_outcome(store: Store, images: Sequence[Image], before: set[str], since: datetime) -> Outcome:
    """Sort the images by where they are now; `before` is what was curated, and `since` when they were sent."""
    curated = _curated(store, images, before)
    quarantined = _quarantined(store, images, since)
    distinct = len({image.key for image in images})
    return Outcome(curated, distinct - curated - len(quarantined), quarantined)


def _curated(store: Store, images: Sequence[Image], before: set[str]) -> int:
    """What is new, counted by the source that ingest_image writes on it: others may send images, too."""
    keys = {image.key for image in images}
    new = [entry.key for entry in store.entries(CURATED) if entry.key not in before]
    return sum(unquote(words.get("source", "")) in keys for words in store.metadata(new))


def _quarantined(store: Store, images: Sequence[Image], since: datetime) -> list[dict[str, str]]:
    files = {image.key.removeprefix(INCOMING): image for image in images}
    rows: list[dict[str, Any]] = []
    for entry in store.entries(QUARANTINE):
        reason, _, name = entry.key.removeprefix(QUARANTINE).partition("/")
        if name in files and entry.modified >= since:
            rows.append({"file": str(files[name].path), "reason": reason, "key": entry.key})
    for row, words in zip(rows, store.metadata([row["key"] for row in rows]), strict=True):
        row["cause"] = words.get("reason", "")
    return rows


@dataclass(frozen=True)
class Batch:
    """A batch that was closed, and the execution that trains on it; None while it waits.

    `reason` says why no training was started for it: an execution that has ended trained on the same images.
    """

    identity: str | None
    execution: str | None
    reason: str = ""


def close_batch(store: Store) -> str | None:
    """Close the batch; answers its name, the version of the object that closes it."""
    return batch_name(store.mark(SUCCESS))


def batch_name(version: str | None) -> str | None:
    """A version as ingest_image writes it in keys."""
    return None if version in (None, "null") else re.sub(r"[^A-Za-z0-9._-]", "-", str(version))


def await_execution(store: Store, identity: str | None, function: str) -> Batch:
    """Wait for the execution of a batch; for one that has to wait, not longer than half a minute."""
    if identity is None:  # a bucket without versions: only ingest_image knows the batch's name
        return Batch(None, None)
    closed, began = None, time.monotonic()
    while True:
        started = store.read(f"batches/started/{identity}.json")
        if started is not None:
            marker = json.loads(started)
            return Batch(identity, marker.get("execution"), marker.get("reason", ""))
        now = time.monotonic()
        if closed is None and store.exists(f"batches/pending/{identity}.json"):
            closed = now
        if closed is not None and now - closed > _STARTING_SECONDS:
            return Batch(identity, None)
        if closed is None and now - began > _CLOSING_SECONDS:
            raise CommandError(
                f"The batch was not closed within {_CLOSING_SECONDS} s; see the log of the function {function}."
            )
        time.sleep(_POLL_SECONDS)
