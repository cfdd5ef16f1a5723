"""Autoscaling of the variant: between which counts, and towards how many requests an instance."""

from collections.abc import Mapping
from typing import Any

from refresh_workflow.aws import Client
from refresh_workflow.endpoint import VARIANT
from refresh_workflow.settings import Settings

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
POLICY_TYPE = "TargetTrackingScaling"


def refresh_scaling(autoscaling: Client, settings: Settings) -> list[str]:
    """Register the variant and its policy where they differ from the settings; return what was changed.

    Repeating a registration is not free: it wakes the scaling activity, and a policy's alarms are written anew.
    """
    changed = []
    if not _holds(_find_target(autoscaling, settings), _counts(settings)):
        autoscaling.register_scalable_target(**_variant(settings), **_counts(settings))
        changed.append("target")
    if not _holds(_find_policy(autoscaling, settings), _tracking(settings)):
        autoscaling.put_scaling_policy(
            PolicyName=_policy_name(settings),
            PolicyType=POLICY_TYPE,
            TargetTrackingScalingPolicyConfiguration=_tracking(settings),
            **_variant(settings),
        )
        changed.append("policy")
    return changed


def _find_target(autoscaling: Client, settings: Settings) -> dict[str, Any]:
    variant = _variant(settings)
    found = autoscaling.describe_scalable_targets(
        ServiceNamespace=variant["ServiceNamespace"],
        ResourceIds=[variant["ResourceId"]],
        ScalableDimension=variant["ScalableDimension"],
    )
    return next(iter(found["ScalableTargets"]), {})


def _find_policy(autoscaling: Client, settings: Settings) -> dict[str, Any]:
    found = autoscaling.describe_scaling_policies(PolicyNames=[_policy_name(settings)], **_variant(settings))
    policy: dict[str, Any] = next(iter(found["ScalingPolicies"]), {})
    tracking: dict[str, Any] = policy.get("TargetTrackingScalingPolicyConfiguration", {})
    return tracking


def _holds(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Say whether what was found has all that is wanted; AWS adds members of its own."""
    return all(found.get(name) == value for name, value in wanted.items())


def _variant(settings: Settings) -> dict[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{settings.endpoint_name}/variant/{VARIANT}",
        "ScalableDimension": DIMENSION,
    }


def _counts(settings: Settings) -> dict[str, int]:
    return {"MinCapacity": settings.min_instances, "MaxCapacity": settings.max_instances}


def _policy_name(settings: Settings) -> str:
    return f"{settings.endpoint_name}-invocations"


def _tracking(settings: Settings) -> dict[str, Any]:
    return {
        "TargetValue": settings.invocations_per_instance,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
        # Out quickly, for people wait; in slowly, for an instance takes minutes to come back.
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 300,
    }
