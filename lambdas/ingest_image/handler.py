"""EventBridge calls this when an object is put under incoming/."""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from ingest_image import keys
from ingest_image.batch import close
from ingest_image.ingest import Ingest
from ingest_image.keys import Arrival, parse
from ingest_image.settings import Settings
from ingest_image.storage import Storage

logger = Logger(service="ingest_image")
metrics = Metrics(namespace="Scones", service="ingest_image")

# What is left after four attempts is raised, within the time that is held back for one image.
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=3, read_timeout=10)


@cache
def ingest() -> Ingest:
    """What stays from one invocation to the next: settings and clients."""
    settings = Settings.from_environment(os.environ)
    return Ingest(
        settings, Storage(boto3.client("s3", region_name=os.environ.get("AWS_REGION"), config=_CONFIG), settings.bucket)
    )


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take in the image, or close the batch, that the event tells of; raise to be called again."""
    arrival = parse(event, ingest().settings.bucket)
    if isinstance(arrival, str):
        logger.info("Ignored an event", extra={"reason": arrival})
        return {"ignored": arrival}
    return _close(arrival, context) if arrival.key == keys.SUCCESS else _take_in(arrival)


def _take_in(arrival: Arrival) -> dict[str, Any]:
    outcome = ingest().one(arrival.key)
    metrics.add_metric(f"Pictures{outcome.what.title()}", MetricUnit.Count, 1)
    logger.info("Took an image in", extra=asdict(outcome))
    return asdict(outcome)


def _close(arrival: Arrival, context: LambdaContext) -> dict[str, Any]:
    batch = close(ingest(), arrival, context.get_remaining_time_in_millis)
    metrics.add_metric("BatchesClosed", MetricUnit.Count, int(batch.state == "closed"))
    for what, count in batch.taken_in.items():
        metrics.add_metric(f"Pictures{what.title()}", MetricUnit.Count, count)
    logger.info("Closed a batch", extra=asdict(batch))
    return asdict(batch)
