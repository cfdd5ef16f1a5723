"""The managed KMS key is named where a request asks for KMS and names no key, and nowhere else."""

from localaws.front import _name_managed_key
from localaws.settings import Settings

ENCRYPTION = (b"x-amz-server-side-encryption", b"aws:kms")
KEY = b"x-amz-server-side-encryption-aws-kms-key-id"


def test_a_request_for_kms_without_a_key_gets_the_managed_one() -> None:
    changed = _name_managed_key({"headers": [ENCRYPTION]}, "eu-west-1", Settings())
    assert dict(changed["headers"])[KEY] == b"arn:aws:kms:eu-west-1:000000000000:alias/aws/s3"


def test_a_request_that_names_its_key_or_needs_none_is_left_alone() -> None:
    for headers in ([ENCRYPTION, (KEY, b"mine")], [(b"x-amz-server-side-encryption", b"AES256")], []):
        request = {"headers": headers}
        assert _name_managed_key(request, "eu-west-1", Settings()) is request
