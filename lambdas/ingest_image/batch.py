"""The end of a batch: `incoming/_SUCCESS` says that all of its images are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest_image import keys
from ingest_image.ingest import Ingest
from ingest_image.keys import Arrival

UNVERSIONED = "null"


@dataclass(frozen=True)
class Batch:
    """What became of the images that still waited when the batch was closed."""

    identity: str | None
    state: str
    taken_in: dict[str, int]


def close(ingest: Ingest, arrival: Arrival, remaining: Callable[[], int]) -> Batch:
    """Take in what is left, then tell start_training by an object under batches/pending/; raises BatchUnfinished.

    The batch is known by the version of its `_SUCCESS`, so a second delivery of the event tells of the same batch,
    and one that has had its run is not announced again.
    """
    storage = ingest.storage
    found = storage.find(keys.SUCCESS)
    identity = _identity(arrival, found)
    if identity is None:
        return Batch(None, "gone", {})
    taken_in: dict[str, int] = {}
    state = next((state for state in ("started", "pending") if storage.find(keys.batch(state, identity))), None)
    if state is None:
        taken_in = dict(ingest.rest(remaining))
        storage.tell(keys.batch("pending", identity), {"batch": identity, "taken_in_at_the_end": taken_in})
    if found and arrival.version in (None, _version(found)):
        storage.remove(keys.SUCCESS, found["ETag"])
    return Batch(identity, state or "closed", taken_in)


def _identity(arrival: Arrival, found: dict[str, object] | None) -> str | None:
    """The version of `_SUCCESS`, from the event or from S3; in a bucket without versions the event's own order."""
    if arrival.version:
        return arrival.version
    return (_version(found) or arrival.sequencer) if found else None


def _version(found: dict[str, object]) -> str | None:
    version = found.get("VersionId")
    return None if version in (None, UNVERSIONED) else str(version)
