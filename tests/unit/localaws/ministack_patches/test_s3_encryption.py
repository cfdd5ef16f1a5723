"""A bucket of a template has the encryption that the template gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ministack.services import s3
from ministack.services.cloudformation import provisioners

from localaws.ministack_patches import s3 as patched

KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
RULE = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}, "BucketKeyEnabled": True}
ENCRYPTED = {"BucketName": "kept", "BucketEncryption": {"ServerSideEncryptionConfiguration": [RULE]}}


@pytest.fixture(autouse=True)
def _applied(apply: Callable[..., None]) -> Iterator[None]:
    apply(patched)
    yield
    s3.reset()


def _read() -> str:
    return str(s3._get_bucket_encryption("kept")[2])


def test_a_bucket_remembers_its_key() -> None:
    provisioners._s3_create("Bucket", ENCRYPTED, "stack")
    assert f"<KMSMasterKeyID>{KEY}</KMSMasterKeyID>" in _read()
    assert "<BucketKeyEnabled>true</BucketKeyEnabled>" in _read()


def test_an_update_brings_it_and_takes_it_away() -> None:
    provisioners._s3_create("Bucket", {"BucketName": "kept"}, "stack")
    provisioners._s3_update("kept", {"BucketName": "kept"}, ENCRYPTED, "stack")
    assert KEY in _read()
    provisioners._s3_update("kept", ENCRYPTED, {"BucketName": "kept"}, "stack")
    assert "AES256" in _read()
