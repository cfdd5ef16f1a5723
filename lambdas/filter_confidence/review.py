"""Pictures that a person should look at, under review/<day>/<inference id>-<name>."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import ClientError

from filter_confidence.errors import BadRequest, Throttled

PREFIX = "review"
GUESS = {"label": "label", "confidence": "confidence", "model-version": "model_version"}
"""What is written on a copy for the person who looks at it, by the names of S3's metadata."""
_LONGEST_NAME = 200
_PASSING = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "503", "500"})


class Review:
    """Copies original pictures for review. `s3` is boto3's client."""

    def __init__(self, s3: Any, bucket: str) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._s3 = s3
        self._bucket = bucket

    def add(self, image_uri: object, inference_id: str, guess: Mapping[str, Any]) -> str:
        """Copy the picture, write the model's guess on the copy, and give its address."""
        source, _, key = str(image_uri).removeprefix("s3://").partition("/")
        if not str(image_uri).startswith("s3://") or not key:
            raise BadRequest(f"image_uri is {str(image_uri)[:200]!r}: give the address that serialize_image answered.")
        name = PurePosixPath(key).name[-_LONGEST_NAME:]
        target = f"{PREFIX}/{datetime.now(UTC):%Y-%m-%d}/{inference_id}-{name}"
        try:
            self._s3.copy_object(
                Bucket=self._bucket,
                Key=target,
                CopySource={"Bucket": source, "Key": key},
                MetadataDirective="REPLACE",
                Metadata={word: str(guess[member]) for word, member in GUESS.items() if guess.get(member) is not None},
                ContentType=mimetypes.guess_type(name)[0] or "application/octet-stream",
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _PASSING:
                raise Throttled(f"S3 said {code} of {image_uri}: try again.") from error
            raise
        return f"s3://{self._bucket}/{target}"
