"""Which data an execution reads, and a name for exactly these bytes.

SageMaker's cache compares addresses, not content. The listing's digest goes into PrepareData's environment,
so a changed archive or one more curated picture is prepared anew, and unchanged data is not.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlparse

from pipelines.clients import Client
from pipelines.errors import NoDataError, PipelineError

KEEP = ".keep"
DIGITS = 16


@dataclass(frozen=True)
class StoredObject:
    """An object as S3 lists it: its content is known by the ETag."""

    key: str
    etag: str
    modified: datetime


def version_data(s3: Client, *uris: str) -> str:
    """Return 16 hexadecimal digits that name the keys and contents under some S3 addresses."""
    return digest(entry for uri in uris for entry in list_objects(s3, uri))


def digest(objects: Iterable[StoredObject]) -> str:
    """Return 16 hexadecimal digits of the objects' keys and ETags, in whatever order they come."""
    lines = sorted(f"{entry.key}\t{entry.etag}\n" for entry in objects)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGITS]


def list_objects(s3: Client, uri: str) -> Iterator[StoredObject]:
    """List what lies under an S3 address, folder markers left out."""
    bucket, prefix = split_uri(uri)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            if not entry["Key"].endswith("/"):
                yield StoredObject(entry["Key"], entry["ETag"].strip('"'), entry["LastModified"])


def newest_archive(s3: Client, bucket: str) -> str:
    """Return the address of the archive that was put into `raw/` last; raise NoDataError where there is none."""
    archives = list(list_objects(s3, f"s3://{bucket}/raw/"))
    if not archives:
        raise NoDataError(
            f"There is no archive under s3://{bucket}/raw/; put one there with "
            "`scones dataset sample`, `scones dataset cifar100` or `scones dataset upload PATH`."
        )
    newest = max(archives, key=lambda entry: (entry.modified, entry.key))
    return f"s3://{bucket}/{newest.key}"


def require_data(s3: Client, uri: str) -> None:
    """Raise PipelineError when nothing lies under an address that a person gave."""
    if next(list_objects(s3, uri), None) is None:
        raise PipelineError(f"InputDataUri is {uri}, and no object is there; give the address of an archive.")


def keep_prefix(s3: Client, uri: str) -> None:
    """Put an empty object where a prefix has none: SageMaker refuses an input without objects."""
    if next(list_objects(s3, uri), None) is None:
        bucket, prefix = split_uri(uri)
        s3.put_object(Bucket=bucket, Key=f"{prefix.rstrip('/')}/{KEEP}", Body=b"")


def split_uri(uri: str) -> tuple[str, str]:
    """Split `s3://bucket/prefix` in two; raise PipelineError for any other address."""
    parts = urlparse(uri)
    prefix = parts.path.lstrip("/")
    if parts.scheme != "s3" or not parts.netloc or not prefix:
        raise PipelineError(f"{uri!r} is not an S3 address; write it as s3://<bucket>/<key or prefix>.")
    return parts.netloc, prefix
