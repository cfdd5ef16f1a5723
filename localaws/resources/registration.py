"""Teaches CloudFormation every type of this package; a type that nobody knows fails its stack with a sentence."""

from __future__ import annotations

from localaws import ministack
from localaws.aws import Aws
from localaws.resources import (
    autoscaling,
    budgets,
    connections,
    endpoints,
    identity,
    models,
    pipelines,
    registry,
)


def register(aws: Aws) -> None:
    """Register all types, after MiniStack is loaded."""
    for module in (autoscaling, budgets, connections, endpoints, identity, models, pipelines, registry):
        module.register(aws)
    # An endpoint is waited for, and budgets and identity providers are MiniStack's own services, behind our port.
    ministack.work_beside_the_loop((budgets.TYPE, endpoints.TYPE, identity.TYPE, pipelines.TYPE))
