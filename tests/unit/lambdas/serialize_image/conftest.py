"""Images of every kind that people send, and S3 as moto has it."""

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import numpy as np
import pytest
from moto import mock_aws
from PIL import Image
from serialize_image.serialize import Serializer
from serialize_image.settings import Settings

from common.workflow import Storage

BUCKET = "scones-bucket"


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """An RGB image in which every pixel matters."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes with a header of this size and hardly any data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def serializer(s3: Any) -> Serializer:
    return Serializer(Settings(bucket=BUCKET), Storage(s3))


@pytest.fixture
def put(s3: Any) -> Callable[[str, bytes], str]:
    """Put an object and give its address."""

    def put_one(key: str, content: bytes) -> str:
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"s3://{BUCKET}/{key}"

    return put_one
