"""Images that a person should look at, under review/<day>/<inference id>-<name>.png.

A person opens these in a browser, so a copy is what the model saw and nothing of what came with it: the pixels, encoded
anew, under one type. Neither the sender's file name nor a text within the file makes it anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import ClientError

from common.images import DEFAULT_LIMITS, MOST_KEPT_PIXELS, BadImage, Limits, encode_png, read, scale_down
from filter_confidence.errors import BadPicture, BadRequest, NotFound, Throttled

PREFIX = "review"
GUESS = {"label": "label", "confidence": "confidence", "model-version": "model_version"}
"""What is written on a copy for the person who looks at it, by the names of S3's metadata."""
_LONGEST_NAME = 200
_ABSENT = ("NoSuchKey", "NoSuchBucket", "AccessDenied", "InvalidObjectState", "404", "403")
_PASSING = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "503", "500"})


class Review:
    """Copies images for review. `s3` is boto3's client."""

    def __init__(self, s3: Any, bucket: str, limits: Limits = DEFAULT_LIMITS) -> None:  # noqa: ANN401 - boto3's have no type
        self._s3 = s3
        self._bucket = bucket
        self._limits = limits

    def add(self, image_uri: object, inference_id: str, guess: Mapping[str, Any]) -> str:
        """Put the image's pixels there as a PNG, with the model's guess on it, and answer its address.

        Raises BadRequest, NotFound, BadPicture or Throttled.
        """
        source, _, key = str(image_uri).removeprefix("s3://").partition("/")
        if not str(image_uri).startswith("s3://") or not key:
            raise BadRequest(f"image_uri is {str(image_uri)[:200]!r}: give the address that serialize_image answered.")
        target = f"{PREFIX}/{datetime.now(UTC):%Y-%m-%d}/{inference_id}-{_name(key)}.png"
        try:
            png = self._bare(self._read(source, key))
            self._s3.put_object(
                Bucket=self._bucket,
                Key=target,
                Body=png,
                ContentType="image/png",
                Metadata={word: str(guess[member]) for word, member in GUESS.items() if guess.get(member) is not None},
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _PASSING:
                raise Throttled(f"S3 said {code} of {image_uri}: try again.") from error
            raise
        return f"s3://{self._bucket}/{target}"

    def _bare(self, content: bytes) -> bytes:
        """The image's pixels and nothing else of it, as a PNG; raises BadPicture."""
        try:
            image = read(content, self._limits)
        except BadImage as error:
            raise BadPicture(str(error)) from error
        return encode_png(scale_down(image, MOST_KEPT_PIXELS))

    def _read(self, bucket: str, key: str) -> bytes:
        """The object's bytes, unread where they are too many; raises NotFound or BadPicture."""
        try:
            answer = self._s3.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            raise NotFound(f"s3://{bucket}/{key} is not there any more: send the image again.") from error
        size, most = int(answer["ContentLength"]), self._limits.most_bytes
        with answer["Body"] as body:
            if size > most:
                raise BadPicture(f"The image has {size:,} bytes, and {most:,} are allowed: make it smaller.")
            content: bytes = body.read()
        return content


def _name(key: str) -> str:
    """The file's name without its ending, whatever that claims."""
    return PurePosixPath(key).stem[-_LONGEST_NAME:]
