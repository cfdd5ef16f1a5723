"""Images of the kinds that people send, and a versioned bucket as moto has it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from ingest_image.ingest import Ingest
from ingest_image.settings import Settings
from ingest_image.storage import Storage
from moto import mock_aws
from PIL import Image

BUCKET = "scones-bucket"


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(width: int = 40, height: int = 32, seed: int = 0) -> Image.Image:
    """An RGB image in which every pixel matters."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


@dataclass
class Bucket:
    """What lies where."""

    s3: Any

    def put(self, key: str, content: bytes) -> str | None:
        """Put an object; answers its version."""
        version: str | None = self.s3.put_object(Bucket=BUCKET, Key=key, Body=content).get("VersionId")
        return version

    def keys(self, prefix: str = "") -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def read(self, key: str) -> bytes:
        content: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def metadata(self, key: str) -> dict[str, str]:
        words: dict[str, str] = self.s3.head_object(Bucket=BUCKET, Key=key)["Metadata"]
        return words


@pytest.fixture
def bucket(sdk: Any) -> Iterator[Bucket]:
    with mock_aws():
        client = sdk.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield Bucket(client)


@pytest.fixture
def ingest(bucket: Bucket) -> Ingest:
    return Ingest(Settings(bucket=BUCKET), Storage(bucket.s3, BUCKET))


@pytest.fixture
def created() -> Callable[..., dict[str, Any]]:
    """The event of an object that was put, as EventBridge brings it."""

    def event(key: str, version: str | None = None, bucket: str = BUCKET) -> dict[str, Any]:
        stored = {"key": key, "size": 1, "etag": "e", "sequencer": "0061"} | (
            {"version-id": version} if version else {}
        )
        return {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {"bucket": {"name": bucket}, "object": stored, "reason": "PutObject"},
        }

    return event
