"""What starts the inference workflow: an event with an image or its address."""

from __future__ import annotations

import base64
import json
from contextlib import suppress

from serialize_image.request import parse

from common.workflow import BadRequest

SEEDS = [
    json.dumps(event).encode()
    for event in (
        {"image_uri": "s3://bucket/incoming/a.png", "inference_id": "8c1f7e0e-7e64-4b0b-9d6a-0f2d1a3a9b11"},
        {"s3_bucket": "bucket", "s3_key": "a b.png"},
        {"image_base64": base64.b64encode(b"image").decode()},
    )
]


def one_input(data: bytes) -> None:
    """An event, an object of any JSON, is read or refused."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(event, dict):
        with suppress(BadRequest):
            parse(event)
