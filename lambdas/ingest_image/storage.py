"""S3, as far as this function needs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, get_code, is_missing
from ingest_image.errors import Changed
from ingest_image.keys import INCOMING, is_image

_OTHER = frozenset({"PreconditionFailed", "412"})
_LONGEST_METADATA = 900  # characters; S3 takes 2 KB in all


@dataclass(frozen=True)
class Stored:
    """An object: its content is None where there is too much of it to read."""

    content: bytes | None
    size: int
    etag: str


class Storage:
    """The project's bucket. `s3` is boto3's client."""

    def __init__(self, s3: Any, bucket: str) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._s3 = s3
        self._bucket = bucket

    def read(self, key: str, most_bytes: int) -> Stored | None:
        """The object, unread where it is too large; None where it is gone."""
        answer = find_resource(self._s3.get_object, Bucket=self._bucket, Key=key)
        if answer is None:
            return None
        size = int(answer["ContentLength"])
        with answer["Body"] as body:
            return Stored(body.read() if size <= most_bytes else None, size, answer["ETag"])

    def find(self, key: str) -> dict[str, Any] | None:
        """What S3 tells of an object; None where there is none."""
        return find_resource(self._s3.head_object, Bucket=self._bucket, Key=key)

    def curate(self, key: str, png: bytes, source: str) -> None:
        """Put a cleaned image, and say which object it was."""
        self._s3.put_object(
            Bucket=self._bucket, Key=key, Body=png, ContentType="image/png", Metadata={"source": _plain(quote(source))}
        )

    def withdraw(self, key: str) -> None:
        """Take a curated image back."""
        self._s3.delete_object(Bucket=self._bucket, Key=key)

    def put_aside(self, source: str, target: str, etag: str, sentence: str) -> None:
        """Copy an object, however large, as it came; its metadata says why. Raises Changed.

        It may be anything, so a browser is made to save it and not what the sender said that it is.
        """
        words = {"reason": _plain(sentence), "source": _plain(quote(source))}
        try:
            self._s3.copy(
                {"Bucket": self._bucket, "Key": source},
                self._bucket,
                target,
                ExtraArgs={
                    "CopySourceIfMatch": etag,
                    "ContentType": "application/octet-stream",
                    "ContentDisposition": "attachment",
                    "Metadata": words,
                    "MetadataDirective": "REPLACE",
                    "TaggingDirective": "REPLACE",
                },
            )
        except ClientError as error:
            if not is_missing(error):  # else the same event, delivered twice, has put it aside already
                raise _changed(source, error) from error

    def remove(self, key: str, etag: str) -> None:
        """Delete the object that was read, and no other: raises Changed where another has come in its place."""
        try:
            self._s3.delete_object(Bucket=self._bucket, Key=key, IfMatch=etag)
        except ClientError as error:
            if not is_missing(error):
                raise _changed(key, error) from error

    def waiting(self) -> Iterator[str]:
        """Keys of the images that are still under incoming/."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=INCOMING):
            yield from (entry["Key"] for entry in page.get("Contents", []) if is_image(entry["Key"]))

    def tell(self, key: str, document: dict[str, Any]) -> None:
        """Put a JSON document."""
        body = json.dumps(document, sort_keys=True).encode()
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")


def _changed(key: str, error: Exception) -> Exception:
    """What a refused condition means; any other error is itself."""
    if get_code(error) not in _OTHER:
        return error
    return Changed(f"{key} was overwritten while it was taken in; the event is delivered again.")


def _plain(text: str) -> str:
    """As S3's metadata must be: one line of ASCII, not too long."""
    return " ".join(text.encode("ascii", "replace").decode().split())[:_LONGEST_METADATA]
