"""Versions of objects lie on disk alone, and are answered as before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.services import s3

from localaws.ministack_patches import s3_versions
from tests.unit.localaws.ministack_patches.without_port import build_client

KEY = {"Bucket": "models", "Key": "a/model"}


@pytest.fixture
def bucket(apply: Callable[[ModuleType], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an S3 that writes its objects, with one versioned bucket."""
    monkeypatch.setattr(s3, "S3_PERSIST", True)
    monkeypatch.setattr(s3, "DATA_DIR", str(tmp_path))
    apply(s3_versions)
    client = build_client()
    client.create_bucket(Bucket="models")
    client.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    yield client
    s3.reset()


def put(bucket: Any, *bodies: bytes) -> list[str]:
    return [bucket.put_object(Body=body, **KEY)["VersionId"] for body in bodies]


def read(bucket: Any, **version: str) -> bytes:
    body: bytes = bucket.get_object(**KEY, **version)["Body"].read()
    return body


def held() -> list[bytes]:
    """What versions have in memory."""
    entries = [entry for versions in s3._object_versions._data.values() for entry in versions]
    return [entry["data"] for entry in entries if entry.get("data") is not None]


def test_no_version_is_in_memory_and_each_can_be_read(bucket: Any) -> None:
    names = put(bucket, b"one", b"two", b"three")
    assert held() == []
    assert [read(bucket, VersionId=name) for name in names] == [b"one", b"two", b"three"]
    assert read(bucket) == b"three"


def test_a_version_that_is_current_again_has_its_bytes(bucket: Any) -> None:
    first, second = put(bucket, b"one", b"two")
    bucket.delete_object(VersionId=second, **KEY)
    assert (read(bucket), held()) == (b"one", [])
    bucket.copy_object(CopySource={**KEY, "VersionId": first}, **KEY)
    assert (read(bucket), held()) == (b"one", [])


def test_below_a_delete_marker_the_bytes_are_kept(bucket: Any) -> None:
    [name] = put(bucket, b"one")
    marker = bucket.delete_object(**KEY)["VersionId"]
    assert read(bucket, VersionId=name) == b"one"
    with pytest.raises(ClientError):
        read(bucket)
    bucket.delete_object(VersionId=marker, **KEY)
    assert (read(bucket), held()) == (b"one", [])


def test_an_object_from_before_the_versions_is_kept_as_well(bucket: Any) -> None:
    bucket.create_bucket(Bucket="old")
    key = {"Bucket": "old", "Key": "k"}
    bucket.put_object(Body=b"before", **key)
    bucket.put_bucket_versioning(Bucket="old", VersioningConfiguration={"Status": "Enabled"})
    bucket.put_object(Body=b"after", **key)
    assert bucket.get_object(VersionId="null", **key)["Body"].read() == b"before"
    assert held() == []


def test_what_could_not_be_written_stays_in_memory(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(s3, "_atomic_write", full)
    put(bucket, b"one", b"two")
    assert held() == [b"one", b"two"]
    assert read(bucket) == b"two"
