"""`AWS::ApplicationAutoScaling::ScalableTarget` and `...::ScalingPolicy`."""

from __future__ import annotations

from localaws.autoscaling import targets
from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources.properties import Made, Properties, scale

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_SCALED = ("ResourceId", "ScalableDimension", "ServiceNamespace")


def register(aws: Aws) -> None:
    """Teach CloudFormation both types."""
    _register_target(aws)
    _register_policy(aws)


def _register_target(aws: Aws) -> None:
    def create(_: str, properties: Properties, __: str) -> Made:
        scale(aws, "RegisterScalableTarget", properties)
        _schedule(aws, properties)
        return "|".join(properties[member] for member in _SCALED), {}

    def update(physical_id: str, _: Properties, new: Properties, stack: str) -> Made:
        return create(physical_id, new, stack)

    def delete(physical_id: str, _: Properties) -> None:
        scaled = _scaled(physical_id)
        if aws.store.get(targets.KIND, scaled["ResourceId"]):
            scale(aws, "DeregisterScalableTarget", scaled)

    cloudformation.add_resource_type(TARGET, create, delete, update, replacing=_SCALED)


def _schedule(aws: Aws, properties: Properties) -> None:
    """Give a target the scheduled actions that its resource has, and no others."""
    scaled = {member: properties[member] for member in _SCALED}
    actions = properties.get("ScheduledActions") or []
    names = {action["ScheduledActionName"] for action in actions}
    for kept in aws.store.all(targets.SCHEDULED, f"{scaled['ResourceId']}/"):
        if kept["ScheduledActionName"] not in names:
            scale(aws, "DeleteScheduledAction", {**scaled, "ScheduledActionName": kept["ScheduledActionName"]})
    for action in actions:
        scale(aws, "PutScheduledAction", {**scaled, **action})


def _register_policy(aws: Aws) -> None:
    def create(_: str, properties: Properties, __: str) -> Made:
        # The target's Ref may stand for the three members that name it.
        arn = scale(aws, "PutScalingPolicy", properties | _scaled(properties.get("ScalingTargetId")))["PolicyARN"]
        return arn, {"Arn": arn}

    def update(physical_id: str, _: Properties, new: Properties, stack: str) -> Made:
        return create(physical_id, new, stack)

    def delete(arn: str, _: Properties) -> None:
        policy = next((item for item in aws.store.all(targets.POLICIES) if item["PolicyARN"] == arn), None)
        if policy:
            scale(aws, "DeleteScalingPolicy", policy)

    cloudformation.add_resource_type(
        POLICY, create, delete, update, replacing=("PolicyName", "ScalingTargetId", *_SCALED)
    )


def _scaled(physical_id: str | None) -> Properties:
    return dict(zip(_SCALED, physical_id.split("|"), strict=True)) if physical_id else {}
