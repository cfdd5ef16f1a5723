"""EventBridge calls this for drift, for batches and for ended executions; people call it with `{"reason": "..."}`."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from start_training.call import parse
from start_training.settings import Settings
from start_training.training import Trainer

logger = Logger(service="start_training")
metrics = Metrics(namespace="Scones", service="start_training")

# Throttled calls wait and are sent again at a slower rate; what is left after six attempts is raised.
_CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 6}, connect_timeout=5, read_timeout=20)


@cache
def trainer() -> Trainer:
    """What stays from one invocation to the next: settings and clients."""
    clients = (
        boto3.client(service, region_name=os.environ.get("AWS_REGION"), config=_CONFIG)
        for service in ("sagemaker", "s3", "sns", "ecr")
    )
    return Trainer(Settings.from_environment(os.environ), *clients)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda passes both
    """Start a training, or say why not; raise to be called again."""
    metrics.add_metric(name="EventsReceived", unit=MetricUnit.Count, value=1)
    call = parse(event, trainer().settings)
    if isinstance(call, str):
        logger.info("Ignored an event", extra={"reason": call})
        return {"action": "ignore", "reason": call}
    outcome = trainer().consider(call, datetime.now(UTC))
    metrics.add_metric(name=f"Decided{outcome.action.title()}", unit=MetricUnit.Count, value=1)
    logger.info("Thought about a training", extra={**asdict(outcome), "kind": call.kind})
    return asdict(outcome)
