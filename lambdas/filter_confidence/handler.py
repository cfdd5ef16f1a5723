"""The entry point: what classify_image answered, for one image or for `{"items": [...]}`, with a threshold."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from common.images import Limits
from common.workflow import USER_AGENT, send_at_once
from filter_confidence.filter import Filter, parse_fraction
from filter_confidence.review import Review

logger = Logger(service="filter_confidence")
metrics = Metrics(namespace="Scones", service="filter_confidence")

_CLIENT = Config(user_agent=USER_AGENT)


@cache
def review() -> Review:
    """What stays from one invocation to the next: BUCKET, MAX_BYTES and MAX_PIXELS, and the client."""
    s3 = send_at_once(boto3.client("s3", region_name=os.environ.get("AWS_REGION"), config=_CLIENT))
    return Review(s3, os.environ["BUCKET"], Limits.from_environment(os.environ))


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer the item with `passed`; of a batch, `items` with a status each: CLASSIFIED, NEEDS_REVIEW or REFUSED."""
    chosen = Filter(parse_fraction(event.get("threshold"), "threshold"), review())
    if "items" in event:
        items = chosen.batch(event["items"], event.get("assignments", {}))
        _count(sum(item["status"] == "NEEDS_REVIEW" for item in items))
        return {"items": items}
    answer = chosen.one(event)
    _count(int(not answer["passed"]))
    return answer


def _count(for_review: int) -> None:
    metrics.add_metric("PicturesForReview", MetricUnit.Count, for_review)
