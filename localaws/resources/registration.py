"""Teaches CloudFormation every type of this package; a type that nobody knows fails its stack with a sentence."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources import (
    autoscaling,
    budgets,
    builds,
    connections,
    endpoints,
    identity,
    models,
    monitoring,
    pipelines,
    registry,
    repositories,
    schedules,
)

_MODULES = (
    *(autoscaling, budgets, builds, connections, endpoints, identity),
    *(models, monitoring, pipelines, registry, repositories, schedules),
)


def register_region(aws: Aws) -> None:
    """Register all types for the stacks of a region."""
    with cloudformation.adding_for(aws.settings.region):
        for module in _MODULES:
            module.register(aws)


def register(home: Aws) -> None:
    """Register all types, after MiniStack is loaded; another region's when it is made."""
    register_region(home)
    cloudformation.prepare_regions(home.in_region)
    # Endpoints and schedules are waited for; budgets and identity providers are MiniStack's own, behind our port; the
    # others ask MiniStack for what they name: images, artifacts, alarms. In the loop such a request waits for itself.
    cloudformation.work_beside_the_loop(
        (
            *models.TYPES,
            autoscaling.POLICY,
            autoscaling.TARGET,
            budgets.TYPE,
            endpoints.TYPE,
            identity.TYPE,
            monitoring.TYPE,
            pipelines.TYPE,
            registry.TYPE,
            schedules.GROUP_TYPE,
            schedules.TYPE,
        )
    )
