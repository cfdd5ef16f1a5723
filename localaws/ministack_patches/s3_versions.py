"""S3: MiniStack keeps the bytes of each version of an object in memory for good, also where the disk has them.

Of an object itself it drops them once they are written, and after a restart it reads versions from their files as they
are asked for. So the versions of an object are without their bytes from when the object is on disk, as they would be
after a restart: a bucket's memory is that of its listing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import s3

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Version = dict[str, Any]


def patch(_: Aws) -> Patch:
    """Drop the bytes of versions when their object is written."""
    return Patch(
        replaces={s3: {"_persist_object": _persisting}},
        reads={s3: ("_object_versions", "_version_file_exists")},
    )


def _persisting(persist: Callable[..., None]) -> Callable[..., None]:
    def persist_and_drop(bucket: str, key: str, record: Any) -> None:  # noqa: ANN401 - a dictionary, or bytes
        persist(bucket, key, record)
        # What could not be written is still in the record.
        if isinstance(record, dict) and record["body"] is None:
            _drop(bucket, key, record.get("version_id") or "null")

    return persist_and_drop


def _drop(bucket: str, key: str, current: str) -> None:
    """Drop what is in a file of its own, or is the `current` version, which is in the object's."""
    for version in reversed(s3._object_versions.get((bucket, key)) or []):
        if version.get("is_delete_marker"):
            continue
        if version["data"] is not None:
            if version["version_id"] == current or s3._version_file_exists(bucket, key, version["version_id"]):
                version["data"] = None
        elif version["version_id"] != current:
            return  # as all older ones
