"""Which events are for this function: S3's "Object Created" of our bucket, under incoming/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest_image import keys

CREATED = "Object Created"


@dataclass(frozen=True)
class Arrival:
    """An object that came: `version` is None where the event names none."""

    key: str
    version: str | None = None
    sequencer: str | None = None


def parse(event: Mapping[str, Any], bucket: str) -> Arrival | str:
    """Read an event, or say in a sentence why it is not for this function."""
    detail = event.get("detail", {})
    if event.get("detail-type") != CREATED:
        return f"The event is a {event.get('detail-type')!r}, and only {CREATED!r} matters."
    if detail.get("bucket", {}).get("name") != bucket:
        return f"The event is of the bucket {detail.get('bucket', {}).get('name')}, and ours is {bucket}."
    stored = detail.get("object", {})
    key = str(stored.get("key", ""))
    if key != keys.SUCCESS and not keys.is_image(key):
        return f"The object {key!r} is no image under {keys.INCOMING}."
    return Arrival(key, stored.get("version-id"), stored.get("sequencer"))
