"""Brings the functions' code to where the template looks for it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError

from seedcode.packaging.function import build_function, list_functions

_NAME_LENGTH = 16


def publish(s3: Any, bucket: str) -> str:  # noqa: ANN401 - a boto3 client
    """Upload every function's zip to code/<version>/ and answer the version, which follows from the zips' content."""
    with TemporaryDirectory() as folder:
        zips = {name: build_function(name, folder=Path(folder)).read_bytes() for name in list_functions()}
    digest = hashlib.sha256()
    for name, content in sorted(zips.items()):
        digest.update(name.encode() + hashlib.sha256(content).digest())
    version = digest.hexdigest()[:_NAME_LENGTH]
    for name, content in zips.items():
        _put(s3, bucket, f"code/{version}/{name}.zip", content)
    return version


def publish_layer(s3: Any, bucket: str, content: bytes) -> str:  # noqa: ANN401
    """Upload the layer under the name of its content and answer the key."""
    key = f"code/layers/{hashlib.sha256(content).hexdigest()[:_NAME_LENGTH]}.zip"
    _put(s3, bucket, key, content)
    return key


def _put(s3: Any, bucket: str, key: str, content: bytes) -> None:  # noqa: ANN401
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=content)
