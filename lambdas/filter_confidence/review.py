"""Images that a person should see, under review/<digest of the pixels>-<name>.png: an image once, however often asked.

A person opens these in a browser, so a copy is what the model saw and nothing of what came with it: the pixels, encoded
anew, under one type. Neither the sender's file name nor a text within the file makes it anything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from common.images import DEFAULT_LIMITS, MOST_KEPT_PIXELS, BadImage, Limits, encode_png, read, scale_down
from common.s3 import S3Address
from common.workflow import DECODING, BadPicture, Storage, parse_address

PREFIX = "review"
PREDICTION = {
    "label": "label",
    "confidence": "confidence",
    "model-version": "model_version",
    "inference-id": "inference_id",
}
"""What is written on a copy for the person who looks at it, by the names of S3's metadata."""
_LONGEST_NAME = 200
_DIGITS = 20


class Review:
    """Copies images for review. `s3` is boto3's client."""

    def __init__(self, s3: Any, bucket: str, limits: Limits = DEFAULT_LIMITS) -> None:  # noqa: ANN401 - boto3's have no type
        self.storage = Storage(s3)
        self._bucket = bucket
        self._limits = limits

    def add(self, image_uri: object, prediction: Mapping[str, Any], png: bytes | None = None) -> str:
        """Put the image's pixels there as a PNG, with the model's prediction on it, and answer its address.

        `png` is what serialize_image has made of a small image already. Raises BadRequest, NotFound, BadPicture or
        Throttled.
        """
        source = parse_address(image_uri, "image_uri")
        name = PurePosixPath(source.key).stem[-_LONGEST_NAME:]  # without its ending, whatever that claims
        if png is None:
            png = self._encode(self.storage.read(source, self._limits.most_bytes))
        digest = hashlib.sha256(png).hexdigest()[:_DIGITS]
        target = S3Address(self._bucket, f"{PREFIX}/{digest}-{name}.png")
        known = {word: str(prediction[key]) for word, key in PREDICTION.items() if prediction.get(key) is not None}
        self.storage.write(target, png, known)
        return target.uri

    def _encode(self, content: bytes) -> bytes:
        """The image's pixels and nothing else of it, as a PNG; raises BadPicture."""
        try:
            with DECODING:
                return encode_png(scale_down(read(content, self._limits), MOST_KEPT_PIXELS))
        except BadImage as error:
            raise BadPicture(str(error)) from error
