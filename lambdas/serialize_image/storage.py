"""S3, as far as this function needs it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from serialize_image.errors import BadPicture, NotFound, Throttled
from serialize_image.request import Address

_ABSENT = ("NoSuchKey", "NoSuchBucket", "AccessDenied", "InvalidObjectState", "404", "403")
_PASSING = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "503", "500"})


class Storage:
    """Reads pictures and writes them. `s3` is boto3's client."""

    def __init__(self, s3: Any) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._s3 = s3

    def read(self, address: Address, most_bytes: int) -> bytes:
        """The object's bytes, unread where they are too many; raises NotFound or BadPicture."""
        try:
            answer = self._s3.get_object(Bucket=address.bucket, Key=address.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                raise NotFound(f"{address.uri} is not there or may not be read: check the address.") from error
            raise _named(error, address) from error
        size = int(answer["ContentLength"])
        if size > most_bytes:
            answer["Body"].close()
            raise BadPicture(f"The picture has {size:,} bytes, and {most_bytes:,} are allowed: make it smaller.")
        content: bytes = answer["Body"].read()
        return content

    def write(self, address: Address, content: bytes, content_type: str) -> None:
        """Put an object; the same request again writes the same object."""
        try:
            self._s3.put_object(Bucket=address.bucket, Key=address.key, Body=content, ContentType=content_type)
        except ClientError as error:
            raise _named(error, address) from error


def _named(error: ClientError, address: Address) -> Exception:
    """What passes is given the name that the workflow's Retry knows; any other error is itself."""
    code = error.response["Error"]["Code"]
    return Throttled(f"S3 said {code} of {address.uri}: try again.") if code in _PASSING else error
