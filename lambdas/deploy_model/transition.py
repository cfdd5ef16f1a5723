"""What an update keeps of the variant that serves, and what has to change with it."""

from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource
from deploy_model.aws import Client, delete
from deploy_model.endpoint import Endpoint
from deploy_model.release import VARIANT, Release
from deploy_model.settings import Settings


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
