"""The project's bucket, for new images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.aws_errors import find_resource
from console.intake.images import Image
from console.target import Target

THREADS = 8


@dataclass(frozen=True)
class Entry:
    """An object of a listing."""

    key: str
    modified: datetime


class Store:
    """Lists, sends and moves objects of the project's bucket."""

    def __init__(self, target: Target) -> None:
        self._s3 = target.client("s3")
        self._bucket = target.project.bucket

    def send(self, images: Sequence[Image], advance: Callable[[int, int], None]) -> None:

        def one(image: Image) -> None:
            self._s3.put_object(Bucket=self._bucket, Key=image.key, Body=image.path.read_bytes())
            advance(1, len(images))

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, images))

    def mark(self, key: str) -> str | None:
        """Put an empty object; answers its version."""
        version: str | None = self._s3.put_object(Bucket=self._bucket, Key=key, Body=b"").get("VersionId")
        return version

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Objects under a prefix, folder marks and .keep left out."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                if not entry["Key"].endswith(("/", "/.keep")):
                    yield Entry(entry["Key"], entry["LastModified"])

    def metadata(self, keys: Sequence[str]) -> list[dict[str, str]]:
        """The metadata of some objects; none of one that is gone."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._metadata, keys))

    def read(self, key: str) -> bytes | None:
        answer = find_resource(self._s3.get_object, Bucket=self._bucket, Key=key)
        return None if answer is None else answer["Body"].read()

    def exists(self, key: str) -> bool:
        return any(entry.key == key for entry in self.entries(key))

    def move(self, key: str, target: str) -> None:
        """Copy an object, then delete it where it was; its metadata goes with it."""
        self._s3.copy_object(Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": key})
        self._s3.delete_object(Bucket=self._bucket, Key=key)

    def replace(self, key: str, target: str) -> None:
        """Put an object somewhere else, after it is deleted where it was; that of a bucket with versions keeps it."""
        found = self._s3.get_object(Bucket=self._bucket, Key=key)
        content, words = found["Body"].read(), found["Metadata"]
        self._s3.delete_object(Bucket=self._bucket, Key=key)
        self._s3.put_object(
            Bucket=self._bucket, Key=target, Body=content, ContentType=found["ContentType"], Metadata=words
        )

    def link(self, key: str) -> str:
        request = {"Bucket": self._bucket, "Key": key}
        address: str = self._s3.generate_presigned_url("get_object", Params=request, ExpiresIn=3600)
        return address

    def _metadata(self, key: str) -> dict[str, str]:
        found: dict[str, Any] = find_resource(self._s3.head_object, Bucket=self._bucket, Key=key) or {}
        words: dict[str, str] = found.get("Metadata", {})
        return words
