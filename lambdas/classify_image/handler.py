"""The entry point: what serialize_image answered, for one image or for `{"items": [...]}`."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from classify_image.classify import Classifier
from classify_image.endpoint import Endpoint
from classify_image.settings import Settings
from common.workflow import USER_AGENT, Storage

logger = Logger(service="classify_image")
metrics = Metrics(namespace="Scones", service="classify_image")

_CLIENT = Config(user_agent=USER_AGENT)
# The endpoint answers within 60 s or not at all; short hiccups are met here, longer ones by the workflow's Retry.
_PATIENCE = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=5, read_timeout=65)


@cache
def classifier() -> Classifier:
    """What stays from one invocation to the next: settings and clients."""
    runtime = boto3.client(
        "sagemaker-runtime", region_name=os.environ.get("AWS_REGION"), config=_CLIENT.merge(_PATIENCE)
    )
    return Classifier(
        Settings.from_environment(os.environ),
        Storage(boto3.client("s3", region_name=os.environ.get("AWS_REGION"), config=_CLIENT)),
        Endpoint(runtime),
    )


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer label, confidence, probabilities and model_version; of a batch, `items` with these or a refusal each.

    The event's `endpoint_name` and `model_version` are those of the state machine's version that is in force.
    """
    endpoint_name, model_version = event.get("endpoint_name"), event.get("model_version")
    if "items" in event:
        items = classifier().batch(event["items"], endpoint_name, model_version)
        metrics.add_metric("PicturesClassified", MetricUnit.Count, sum("label" in item for item in items))
        return {"items": items}
    answer = classifier().one(event, endpoint_name, model_version)
    metrics.add_metric("PicturesClassified", MetricUnit.Count, 1)
    logger.info("classified", extra={"inference_id": answer["inference_id"], "label": answer["label"]})
    return answer
