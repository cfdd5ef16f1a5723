"""Where images and batches lie in the bucket, and what a key says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INCOMING, SUCCESS = "incoming/", "incoming/_SUCCESS"
NO_LABEL = "none"
_LONGEST_NAME = 900  # bytes; S3 takes keys of 1,024


def is_image(key: str) -> bool:
    """Whether a key is to be taken in: consoles make "folders", and `.keep` holds a prefix open."""
    return key.startswith(INCOMING) and key != SUCCESS and not key.endswith(("/", "/.keep"))


def split(key: str) -> tuple[str, str]:
    """The label and the name of `incoming/<label>/<name>`; an image without a folder has the label `none`."""
    label, slash, name = key.removeprefix(INCOMING).partition("/")
    return (label, name) if slash else (NO_LABEL, label)


def curated(label: str, digest: str) -> str:
    """Where PrepareData looks for an image."""
    return f"curated/{label}/{digest}.png"


def quarantine(reason: str, label: str, name: str) -> str:
    """Where an image waits for a person."""
    if len(f"{label}/{name}".encode()) > _LONGEST_NAME:
        label, name = label[:100], hashlib.sha256(name.encode()).hexdigest()
    return f"quarantine/{reason}/{label}/{name}"


def batch(state: str, identity: str) -> str:
    """Where a batch is announced: `pending` until a run is started for it, `started` from then on."""
    return f"batches/{state}/{re.sub(r'[^A-Za-z0-9._-]', '-', identity)}.json"


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
    if key != SUCCESS and not is_image(key):
        return f"The object {key!r} is no image under {INCOMING}."
    return Arrival(key, stored.get("version-id"), stored.get("sequencer"))
