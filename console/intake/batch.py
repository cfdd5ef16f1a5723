"""The end of a batch: `incoming/_SUCCESS` closes it, and start_training answers under batches/started/."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass

from console.errors import CommandError
from console.intake.store import Store

SUCCESS = "incoming/_SUCCESS"
_POLL_SECONDS = 0.5
_CLOSING_SECONDS = 300
_STARTING_SECONDS = 30


@dataclass(frozen=True)
class Batch:
    """A batch that was closed, and the execution that was started for it; None while it waits."""

    identity: str | None
    execution: str | None


def close(store: Store) -> str | None:
    """Close the batch; answers its name, the version of the object that closes it."""
    return name(store.mark(SUCCESS))


def name(version: str | None) -> str | None:
    """A version as ingest_image writes it in keys."""
    return None if version in (None, "null") else re.sub(r"[^A-Za-z0-9._-]", "-", str(version))


def follow(store: Store, identity: str | None, function: str) -> Batch:
    """Wait for the execution of a batch; for one that has to wait, not longer than half a minute."""
    if identity is None:  # a bucket without versions: only ingest_image knows the batch's name
        return Batch(None, None)
    closed, began = None, time.monotonic()
    while True:
        started = store.read(f"batches/started/{identity}.json")
        if started is not None:
            return Batch(identity, json.loads(started).get("execution"))
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
