"""S3 addresses: `s3://bucket/key`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class S3Address:
    """An object, or all objects whose keys begin with `key`; an empty key is the whole bucket."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """The address as text."""
        return f"s3://{self.bucket}/{self.key}"


def parse_s3_address(text: object) -> S3Address | None:
    """Read an address; None for any other text. A `?` or `#` belongs to the key, which no parser of URLs knows."""
    scheme, _, place = str(text).partition("://")
    bucket, _, key = place.partition("/")
    return S3Address(bucket, key) if scheme == "s3" and bucket else None
