"""What an update keeps of the variant that serves, and how traffic moves to the new one: blue/green, under alarms."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from common.aws_errors import find_resource
from common.environment import SettingsError
from deploy_model.aws import Client, delete
from deploy_model.endpoint import Endpoint
from deploy_model.release import VARIANT, Release
from deploy_model.settings import Settings

# Time to start the new instances and to stop the old ones, and the longest limit that AWS takes.
PROVISIONING_SECONDS = 1800
LONGEST_SECONDS = 28800


def plan_rollout(settings: Settings) -> dict[str, Any]:
    """Build the DeploymentConfig; raise SettingsError when its steps take longer than AWS lets a deployment take."""
    seconds = settings.bake_seconds * _bakes(settings) + PROVISIONING_SECONDS
    if seconds > LONGEST_SECONDS:
        raise SettingsError(
            f"BAKE_SECONDS {settings.bake_seconds} after each step of {settings.step_percent} % takes {seconds} "
            f"seconds with the instances' start; AWS allows {LONGEST_SECONDS}, so bake shorter or take larger steps."
        )
    rollout: dict[str, Any] = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": _routing(settings),
            "MaximumExecutionTimeoutInSeconds": seconds,
        }
    }
    if settings.alarm_names:
        alarms = [{"AlarmName": name} for name in settings.alarm_names]
        rollout["AutoRollbackConfiguration"] = {"Alarms": alarms}
    return rollout


def _routing(settings: Settings) -> dict[str, Any]:
    routing: dict[str, Any] = {"Type": settings.traffic_routing, "WaitIntervalInSeconds": settings.bake_seconds}
    step = {"Type": "CAPACITY_PERCENT", "Value": settings.step_percent}
    if settings.traffic_routing == "CANARY":
        routing["CanarySize"] = step
    if settings.traffic_routing == "LINEAR":
        routing["LinearStepSize"] = step
    return routing


def _bakes(settings: Settings) -> int:
    """Count the rests: one after everything moved, two around a canary, one after each linear step."""
    if settings.traffic_routing == "LINEAR":
        return ceil(100 / settings.step_percent)
    return 2 if settings.traffic_routing == "CANARY" else 1


@dataclass(frozen=True)
class Transition:
    """How the new configuration differs from the one that serves."""

    instance_type_changes: bool
    excluded: tuple[str, ...]

    @property
    def retained(self) -> dict[str, Any]:
        """UpdateEndpoint's words for it: keep what autoscaling chose, but not what has to change."""
        words: dict[str, Any] = {"RetainAllVariantProperties": True}
        if self.excluded:
            words["ExcludeRetainedVariantProperties"] = [{"VariantPropertyType": name} for name in self.excluded]
        return words


def plan_transition(sagemaker: Client, settings: Settings, release: Release, endpoint: Endpoint) -> Transition:
    """Compare the release with the configuration that serves.

    Retained properties hide the new configuration's: a changed capture would never take effect, and one instance
    that autoscaling left would make a canary impossible. Both are excluded exactly then.
    """
    before = _read_configuration(sagemaker, endpoint.configuration)
    excluded = []
    if before.get("DataCaptureConfig") != release.configuration["DataCaptureConfig"]:
        excluded.append("DataCaptureConfig")
    if settings.moves_in_steps and endpoint.instance_count < 2:
        excluded.append("DesiredInstanceCount")
    types = {variant.get("InstanceType") for variant in before.get("ProductionVariants", [])}
    return Transition(bool(types - {settings.instance_type}), tuple(excluded))


def free_instance_type(autoscaling: Client, endpoint_name: str) -> None:
    """Take the variant from autoscaling: AWS updates no instance type under it. refresh_workflow gives it back."""
    delete(
        autoscaling.deregister_scalable_target,
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{endpoint_name}/variant/{VARIANT}",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )


def _read_configuration(sagemaker: Client, name: str | None) -> dict[str, Any]:
    """Read a configuration; empty when somebody deleted it, so that nothing of it is relied on."""
    if name is None:
        return {}
    return find_resource(sagemaker.describe_endpoint_config, EndpointConfigName=name) or {}
