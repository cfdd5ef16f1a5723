"""What boto3 is answered about the checksums of objects that were put and copied, by an S3 without a port."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.services import s3

from localaws.ministack_patches import s3 as patched
from tests.unit.localaws.ministack_patches.without_port import build_client

BODY = b"a model's bytes" * 100
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
SHA512 = base64.b64encode(hashlib.sha512(BODY).digest()).decode()
SOURCE = {"Bucket": "models", "Key": "source"}


@pytest.fixture(scope="module")
def client() -> Any:
    return build_client()


@pytest.fixture
def bucket(client: Any, apply: Callable[[ModuleType], None]) -> Iterator[Any]:
    """A client of an S3 with one versioned bucket that holds one object."""
    apply(patched)
    client.create_bucket(Bucket="models")
    client.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    client.put_object(Body=BODY, **SOURCE)
    yield client
    s3.reset()


def _copy(client: Any, **request: Any) -> dict[str, Any]:
    copied: dict[str, Any] = client.copy_object(Bucket="models", Key="copy", CopySource=SOURCE, **request)
    return copied


def _checksums(answer: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in answer.items() if name.startswith("Checksum")}


def _refused(call: Callable[[], object]) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    details = caught.value.response
    return details["Error"]["Code"], details["ResponseMetadata"]["HTTPStatusCode"], details["Error"]["Message"]


@pytest.mark.parametrize(("algorithm", "value"), [("SHA256", SHA256), ("SHA512", SHA512)])
def test_a_copy_answers_and_keeps_the_checksum_that_it_was_asked_for(bucket: Any, algorithm: str, value: str) -> None:
    wanted = {f"Checksum{algorithm}": value, "ChecksumType": "FULL_OBJECT"}
    copied = _copy(bucket, ChecksumAlgorithm=algorithm)
    assert _checksums(copied["CopyObjectResult"]) == wanted
    for read in (bucket.head_object, bucket.get_object):
        for version in ({}, {"VersionId": copied["VersionId"]}):
            assert _checksums(read(Bucket="models", Key="copy", ChecksumMode="ENABLED", **version)) == wanted
    assert _checksums(bucket.head_object(Bucket="models", Key="copy")) == {}


def test_a_copy_that_asks_for_none_has_the_source_s_algorithm(bucket: Any) -> None:
    bucket.put_object(Body=BODY, ChecksumAlgorithm="SHA1", **SOURCE)
    assert list(_checksums(_copy(bucket)["CopyObjectResult"])) == ["ChecksumType", "ChecksumSHA1"]


def test_a_copy_of_what_came_in_parts_has_a_checksum_of_all_its_bytes(bucket: Any) -> None:
    upload = bucket.create_multipart_upload(ChecksumAlgorithm="SHA256", **SOURCE)["UploadId"]
    part = bucket.upload_part(UploadId=upload, PartNumber=1, Body=BODY, ChecksumAlgorithm="SHA256", **SOURCE)
    parts = [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}]
    bucket.complete_multipart_upload(UploadId=upload, MultipartUpload={"Parts": parts}, **SOURCE)
    assert bucket.head_object(ChecksumMode="ENABLED", **SOURCE)["ChecksumSHA256"].endswith("-1")
    for request in ({}, {"ChecksumAlgorithm": "SHA256"}):
        assert _copy(bucket, **request)["CopyObjectResult"]["ChecksumSHA256"] == SHA256


def test_a_copy_may_be_made_once_only(bucket: Any) -> None:
    _copy(bucket, IfNoneMatch="*")
    bucket.put_object(Body=b"changed", **SOURCE)
    assert _refused(lambda: _copy(bucket, IfNoneMatch="*"))[:2] == ("PreconditionFailed", 412)
    assert bucket.get_object(Bucket="models", Key="copy")["Body"].read() == BODY
    bucket.delete_object(Bucket="models", Key="copy")
    _copy(bucket, IfNoneMatch="*")


def test_a_put_answers_the_checksum_that_it_has_stored(bucket: Any) -> None:
    wanted = {"ChecksumSHA512": SHA512, "ChecksumType": "FULL_OBJECT"}
    assert _checksums(bucket.put_object(Body=BODY, ChecksumSHA512=SHA512, **SOURCE)) == wanted
    assert _checksums(bucket.head_object(ChecksumMode="ENABLED", **SOURCE)) == wanted
    crc = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
    assert bucket.put_object(Body=BODY, **SOURCE)["ChecksumCRC32"] == crc, "what boto3 sends by itself"


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        ({"ChecksumMD5": base64.b64encode(bytes(16)).decode()}, "BadDigest", "did not match"),
        ({"ChecksumSHA256": SHA256, "ChecksumSHA512": SHA512}, "InvalidRequest", "Expecting a single x-amz-checksum-"),
        ({"ChecksumXXHASH64": "AAAA"}, "NotImplemented", "computes no XXHASH64"),
    ],
)
def test_a_put_whose_checksum_cannot_be_verified_is_refused(
    bucket: Any, request_: dict[str, str], code: str, words: str
) -> None:
    refused = _refused(lambda: bucket.put_object(Bucket="models", Key="put", Body=BODY, **request_))
    assert (refused[0], words in refused[2]) == (code, True)
    assert "Contents" not in bucket.list_objects_v2(Bucket="models", Prefix="put")


@pytest.mark.parametrize(
    ("algorithm", "code", "status"), [("SHA3", "InvalidRequest", 400), ("XXHASH3", "NotImplemented", 501)]
)
def test_an_algorithm_that_there_is_not_is_refused(bucket: Any, algorithm: str, code: str, status: int) -> None:
    for call in (
        lambda: _copy(bucket, ChecksumAlgorithm=algorithm),
        lambda: bucket.create_multipart_upload(ChecksumAlgorithm=algorithm, **SOURCE),
    ):
        assert _refused(call)[:2] == (code, status)
    assert bucket.list_objects_v2(Bucket="models")["KeyCount"] == 1
