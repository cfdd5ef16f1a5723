"""What an event asks for: one image, by its S3 address or inline, under one inference id."""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import dataclass
from typing import Any

from common.s3 import S3Address
from common.workflow import BadRequest, parse_address

MOST_INLINE_CHARACTERS = 240_000
"""Below the 256 KiB that a Step Functions state may carry; about 180 KB of image."""
IMAGE_SIZES = range(8, 1025)
"""Sides in pixels that the built-in algorithm's nets are trained for, with room to spare."""


class SizeUnknown(Exception):
    """The workflow does not say which image size the live version takes: no image is to blame, and no guess is made."""


@dataclass(frozen=True)
class Request:
    """One image: where it lies, or its bytes. The inference id follows it to the capture and the ground truth."""

    inference_id: str
    source: S3Address | bytes


def parse_image_size(given: object) -> int:
    """Read the side in pixels that the workflow gives, as text; raises SizeUnknown."""
    text = str(given)
    if text.isdecimal() and int(text) in IMAGE_SIZES:
        return int(text)
    raise SizeUnknown(
        f"The workflow gives the image_size {given!r}, where {IMAGE_SIZES.start} to {IMAGE_SIZES.stop - 1} is allowed: "
        "run refresh_workflow, which publishes the workflow with the live version's size."
    )


def parse(event: dict[str, Any]) -> Request:
    """Read an event with `image_uri`, or `s3_bucket` and `s3_key`, or `image_base64`; raises BadRequest."""
    given = [name for name in ("image_uri", "s3_key", "image_base64") if event.get(name)]
    if len(given) != 1:
        raise BadRequest(
            f"The request names {' and '.join(given) or 'no image'}: give either image_uri, or s3_bucket and s3_key, "
            "or image_base64."
        )
    return Request(_inference_id(event.get("inference_id")), _source(event, given[0]))


def _inference_id(given: object) -> str:
    if given is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        raise BadRequest(f"The inference_id {str(given)[:80]!r} is not a UUID: give one, or none to get one.") from None


def _source(event: dict[str, Any], name: str) -> S3Address | bytes:
    value = event[name]
    if not isinstance(value, str):
        raise BadRequest(f"{name} is of type {type(value).__name__}: give a string.")
    if name == "image_base64":
        return _decode(value)
    if name == "image_uri":
        return parse_address(value, name)
    if not event.get("s3_bucket"):
        raise BadRequest("s3_key is given without s3_bucket: give both, or image_uri.")
    return S3Address(str(event["s3_bucket"]), value)


def _decode(text: str) -> bytes:
    if len(text) > MOST_INLINE_CHARACTERS:
        raise BadRequest(
            f"image_base64 has {len(text):,} characters, and {MOST_INLINE_CHARACTERS:,} are allowed: "
            "put the image in S3 and give its image_uri."
        )
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("image_base64 is not base64: encode the image's bytes with the standard alphabet.") from None
