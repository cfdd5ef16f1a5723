"""S3, as far as this function needs it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from classify_image.errors import BadRequest, NotFound, Throttled

_PASSING = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "503", "500"})


class Storage:
    """Reads serialized pictures. `s3` is boto3's client."""

    def __init__(self, s3: Any) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._s3 = s3

    def read(self, uri: object) -> bytes:
        """The bytes of the object at an `s3://` address; raises BadRequest or NotFound."""
        bucket, _, key = str(uri).removeprefix("s3://").partition("/")
        if not str(uri).startswith("s3://") or not key:
            raise BadRequest(f"serialized_uri is {str(uri)[:200]!r}: give the address that serialize_image answered.")
        try:
            content: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _PASSING:
                raise Throttled(f"S3 said {code} of {uri}: try again.") from error
            if code in ("NoSuchKey", "NoSuchBucket"):
                raise NotFound(f"{uri} is not there: serialize the picture again.") from error
            raise
        return content
