"""EventBridge calls this when a version of our group changes, or our endpoint comes to rest; CloudFormation, too."""

import os
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from deploy_model import aws, custom_resource
from deploy_model.events import why_ignored
from deploy_model.reconcile import Clients, reconcile
from deploy_model.settings import Settings

logger = Logger(service="deploy_model")
metrics = Metrics(namespace="Scones", service="deploy_model")


@cache
def settings() -> Settings:
    """Read the environment once for all calls of a warm function."""
    return Settings.from_environment(os.environ)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Bring the endpoint to the version approved last and return what was done; raise to be called again."""
    metrics.add_metric(name="EventsReceived", unit=MetricUnit.Count, value=1)
    if "RequestType" in event:
        return _fulfil(event, context)
    reason = why_ignored(event, settings())
    if reason:
        metrics.add_metric(name="EventsIgnored", unit=MetricUnit.Count, value=1)
        logger.info("Ignored an event", extra={"reason": reason})
        return {"action": "ignore", "reason": reason}
    outcome = reconcile(Clients(aws.sagemaker, aws.autoscaling, aws.s3, aws.sns), settings())
    metrics.add_metric(name=f"Decided{outcome.action.title()}", unit=MetricUnit.Count, value=1)
    logger.info("Reconciled the endpoint with the registry", extra=asdict(outcome))
    return asdict(outcome)


def _fulfil(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the stack, which holds the endpoint as a resource of its own."""
    clients = custom_resource.Clients(aws.sagemaker, aws.autoscaling, aws.cloudformation())
    answered = custom_resource.fulfil(event, clients, context.get_remaining_time_in_millis)
    metrics.add_metric(name=f"Stack{answered['request']}", unit=MetricUnit.Count, value=1)
    logger.info("Answered CloudFormation", extra=answered)
    return answered
