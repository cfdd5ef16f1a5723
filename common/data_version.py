"""Which data an execution reads, and a name for exactly these bytes.

SageMaker's step cache compares addresses, not content. The listing's digest goes into PrepareData's environment, so a
changed archive or one more curated image is prepared anew, and unchanged data is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

RAW, CURATED = "raw/", "curated/"
KEEP = ".keep"
DIGITS = 16


@dataclass(frozen=True)
class StoredObject:
    """An object as S3 lists it: its content is known by the ETag."""

    key: str
    etag: str
    modified: datetime


def list_objects(s3: Any, bucket: str, prefix: str) -> Iterator[StoredObject]:  # noqa: ANN401 - boto3's have no type
    """List what lies under a prefix, folder markers left out."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            if not entry["Key"].endswith("/"):
                yield StoredObject(entry["Key"], entry["ETag"].strip('"'), entry["LastModified"])


def compute_version(objects: Iterable[StoredObject]) -> str:
    """Return 16 hexadecimal digits of the objects' keys and ETags, in whatever order they come."""
    lines = sorted(f"{entry.key}\t{entry.etag}\n" for entry in objects)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGITS]


def find_newest(objects: Iterable[StoredObject]) -> StoredObject | None:
    """Return the object that was written last; None of none."""
    return max(objects, key=lambda entry: (entry.modified, entry.key), default=None)


def keep_prefix(s3: Any, bucket: str, prefix: str) -> None:  # noqa: ANN401
    """Put an empty object where a prefix has none: SageMaker refuses an input without objects."""
    if next(list_objects(s3, bucket, prefix), None) is None:
        s3.put_object(Bucket=bucket, Key=f"{prefix.rstrip('/')}/{KEEP}", Body=b"")
