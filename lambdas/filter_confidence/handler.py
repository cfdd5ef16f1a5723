"""The entry point: what classify_image answered, for one picture or for `{"items": [...]}`, with a threshold."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from filter_confidence.confidence import unit_number
from filter_confidence.judge import Judge
from filter_confidence.review import Review
from filter_confidence.settings import Settings

logger = Logger(service="filter_confidence")
metrics = Metrics(namespace="Scones", service="filter_confidence")


@cache
def settings() -> Settings:
    """The environment as it was at the first invocation."""
    return Settings.from_environment(os.environ)


@cache
def review() -> Review:
    """What stays from one invocation to the next: the client."""
    return Review(boto3.client("s3", region_name=os.environ.get("AWS_REGION")), settings().bucket, settings().limits)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer the item with `passed`; of a batch, `items` with a status each: CLASSIFIED, NEEDS_REVIEW or REFUSED."""
    judge = Judge(unit_number(event.get("threshold"), "threshold"), review())
    if "items" in event:
        items = judge.batch(event["items"], event.get("assignments", {}))
        _count(sum(item["status"] == "NEEDS_REVIEW" for item in items))
        return {"items": items}
    answer = judge.one(event)
    _count(int(not answer["passed"]))
    return answer


def _count(for_review: int) -> None:
    metrics.add_metric("PicturesForReview", MetricUnit.Count, for_review)
