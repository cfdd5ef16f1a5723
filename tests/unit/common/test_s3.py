"""S3 addresses as text."""

import pytest

from common.s3 import S3Address, parse_s3_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("s3://bucket/a/b.png", S3Address("bucket", "a/b.png")),
        ("s3://bucket/what?#.png", S3Address("bucket", "what?#.png")),
        ("s3://bucket/a//b", S3Address("bucket", "a//b")),
        ("s3://bucket/", S3Address("bucket", "")),
        ("s3://bucket", S3Address("bucket", "")),
        ("s3:///key", None),
        ("https://bucket/key", None),
        ("bucket/key", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_a_bucket_and_a_key(text: object, address: S3Address | None) -> None:
    assert parse_s3_address(text) == address


def test_an_address_is_written_as_it_was_read() -> None:
    assert S3Address("bucket", "a/b.png").uri == "s3://bucket/a/b.png"
