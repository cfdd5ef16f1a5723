"""The entry point: `{"request": ..., "image_size": ...}`, or `items` in the place of `request` in the bulk workflow."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from common.workflow import USER_AGENT, Refusal, Storage, send_at_once
from serialize_image.request import parse_image_size
from serialize_image.serialize import Serializer
from serialize_image.settings import Settings

logger = Logger(service="serialize_image")
metrics = Metrics(namespace="Scones", service="serialize_image")

_CLIENT = Config(user_agent=USER_AGENT)


@cache
def serializer() -> Serializer:
    """What stays from one invocation to the next: settings and clients."""
    return Serializer(
        Settings.from_environment(os.environ),
        Storage(send_at_once(boto3.client("s3", region_name=os.environ.get("AWS_REGION"), config=_CLIENT))),
    )


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer inference_id, image_uri and serialized_uri; of a batch, `items` with these or the refusal of each.

    `image_size` is the side in pixels of the square images that the live version takes: refresh_workflow puts it into
    the workflow when it publishes it. Raises SizeUnknown without it.
    """
    size = parse_image_size(event.get("image_size"))
    if "items" in event:
        items = serializer().batch(event["items"], size)
        refused = [item for item in items if item.get("status") == "REFUSED"]
        _count(len(items) - len(refused), len(refused))
        return {"items": items}
    try:
        answer = serializer().one(event["request"], size)
    except Refusal as refusal:
        logger.warning(str(refusal), extra={"error": type(refusal).__name__})
        _count(0, 1)
        raise
    _count(1, 0)
    return answer


def _count(serialized: int, refused: int) -> None:
    metrics.add_metric("PicturesSerialized", MetricUnit.Count, serialized)
    metrics.add_metric("PicturesRefused", MetricUnit.Count, refused)
