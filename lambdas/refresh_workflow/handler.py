"""EventBridge calls this when our endpoint is in service; the stack and people call it with `{}`."""

import os
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from refresh_workflow import aws
from refresh_workflow.events import why_ignored
from refresh_workflow.refresh import refresh
from refresh_workflow.settings import Settings

logger = Logger(service="refresh_workflow")
metrics = Metrics(namespace="Scones", service="refresh_workflow")


@cache
def settings() -> Settings:
    """Read the environment once for all calls of a warm function."""
    return Settings.from_environment(os.environ)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda passes both
    """Fit the workflow to the endpoint and return what was changed; raise to be called again."""
    metrics.add_metric(name="EventsReceived", unit=MetricUnit.Count, value=1)
    reason = why_ignored(event, settings())
    if reason:
        logger.info("Ignored an event", extra={"reason": reason})
        return {"ignored": reason}
    summary = refresh(aws.clients, settings())
    metrics.add_metric(name="VersionsPublished", unit=MetricUnit.Count, value=len(summary.published))
    logger.info("Refreshed the workflow", extra=asdict(summary))
    return asdict(summary)
