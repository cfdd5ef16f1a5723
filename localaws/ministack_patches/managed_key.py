"""S3 with `aws:kms` and no key id: AWS takes its managed key, MiniStack refuses. The SDK uploads its code this way."""

from __future__ import annotations

from typing import Any

_ENCRYPTION = b"x-amz-server-side-encryption"
_KEY = b"x-amz-server-side-encryption-aws-kms-key-id"


def name_managed_key(scope: dict[str, Any], region: str, account: str) -> dict[str, Any]:
    """The ASGI request with the managed key named, where it asks for KMS and names none."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    if headers.get(_ENCRYPTION) != b"aws:kms" or _KEY in headers:
        return scope
    key = f"arn:aws:kms:{region}:{account}:alias/aws/s3".encode()
    return {**scope, "headers": [*scope["headers"], (_KEY, key)]}
