"""Joins of CreateModel's and CreateEndpointConfig's members.

An endpoint configuration's KmsKeyId is no such join: with instances that have disks of their own, the key "does not
encrypt instance local storage" and the call goes through (botocore: CreateEndpointConfigInput.KmsKeyId).
"""

from __future__ import annotations

from collections.abc import Iterator

from localaws.refusals import rule
from localaws.sagemaker.rules import instances, lists
from localaws.shapes import Document

_SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html (Feature exclusions)"


def _containers(request: Document) -> list[Document]:
    return [*(request.get("Containers") or []), *filter(None, [request.get("PrimaryContainer")])]


@rule(
    "All hosts of an inference pipeline are named, or none",
    "botocore: ContainerDefinition.ContainerHostname",
    likely=True,
)
def _hosts_all_named(request: Document) -> str | None:
    containers = request.get("Containers") or []
    named = [item for item in containers if item.get("ContainerHostname")]
    if named and len(named) < len(containers):
        return "ContainerHostname must be specified for every container of an inference pipeline, or for none."
    return None


@rule("A model lies in one place", "botocore: ContainerDefinition.ModelDataSource", likely=True)
def _one_place_of_the_model(request: Document) -> str | None:
    if any("ModelDataUrl" in item and "ModelDataSource" in item for item in _containers(request)):
        return "ModelDataUrl and ModelDataSource cannot both be specified for a container."
    return None


@rule("An execution mode is for several containers", "botocore: CreateModelInput.InferenceExecutionConfig", likely=True)
def _mode_is_for_several(request: Document) -> str | None:
    if "InferenceExecutionConfig" in request and not request.get("Containers"):
        return "InferenceExecutionConfig is only supported for models with Containers."
    return None


@rule(
    "Credentials of a registry, and a VPC, go with access from a VPC",
    "botocore: ImageConfig.RepositoryAuthConfig",
    likely=True,
)
def _private_registries(request: Document) -> str | None:
    for item in _containers(request):
        config = item.get("ImageConfig") or {}
        access = config.get("RepositoryAccessMode")
        if "RepositoryAuthConfig" in config and access != "Vpc":
            return "RepositoryAuthConfig can only be specified with the RepositoryAccessMode Vpc."
        if access == "Vpc" and not request.get("VpcConfig"):
            return "VpcConfig is required for a container whose RepositoryAccessMode is Vpc."
    return None


MODEL_RULES = (
    _hosts_all_named,
    _one_place_of_the_model,
    _mode_is_for_several,
    _private_registries,
    lists.hosts_named_once,
)


def _variants(request: Document) -> Iterator[Document]:
    yield from request.get("ProductionVariants") or []
    yield from request.get("ShadowProductionVariants") or []


@rule("A serverless variant names no instances", "botocore: ProductionVariant.ServerlessConfig", likely=True)
def _serverless_has_no_instances(request: Document) -> str | None:
    for variant in _variants(request):
        given = [name for name in ("InstanceType", "InitialInstanceCount", "VolumeSizeInGB") if name in variant]
        if "ServerlessConfig" in variant and given:
            return (
                f"{' and '.join(given)} cannot be specified with ServerlessConfig for the production variant "
                f"{variant['VariantName']}."
            )
    return None


@rule("A serverless endpoint has one variant, no capture and no network of its own", _SERVERLESS, likely=True)
def _serverless_stands_alone(request: Document) -> str | None:
    if not any("ServerlessConfig" in variant for variant in _variants(request)):
        return None
    if len(list(_variants(request))) > 1:
        return "A serverless endpoint does not support multiple production variants."
    excluded = [name for name in ("DataCaptureConfig", "VpcConfig", "EnableNetworkIsolation") if request.get(name)]
    if excluded:
        return f"{', '.join(excluded)} cannot be specified for a serverless endpoint."
    return None


@rule(
    "Provisioned concurrency is within the most",
    "botocore: ProductionVariantServerlessConfig.ProvisionedConcurrency",
    likely=True,
)
def _provisioned_within_concurrency(request: Document) -> str | None:
    for variant in _variants(request):
        config = variant.get("ServerlessConfig") or {}
        if config.get("ProvisionedConcurrency", 0) > config.get("MaxConcurrency", 0):
            return (
                f"ProvisionedConcurrency {config['ProvisionedConcurrency']} must be less than or equal to "
                f"MaxConcurrency {config['MaxConcurrency']}."
            )
    return None


@rule(
    "No volume is attached to instances that have disks of their own",
    "https://github.com/autogluon/autogluon-cloud/pull/50",
)
def _no_volume_beside_local_storage(request: Document) -> str | None:
    for variant in _variants(request):
        kind = variant.get("InstanceType", "")
        if "VolumeSizeInGB" in variant and instances.has_local_storage(kind):
            return f"VolumeSize parameter is not allowed for the selected Instance type {kind}"
    return None


@rule("Managed scaling is for inference components", "https://github.com/hashicorp/terraform-provider-aws/pull/45926")
def _scaled_by_components(request: Document) -> str | None:
    # Inference components are placed on a variant later: such a variant names no model.
    if any("ManagedInstanceScaling" in variant and "ModelName" in variant for variant in _variants(request)):
        return "ManagedInstanceScaling is only supported for inference component endpoints."
    return None


@rule("One variant has one shadow", "botocore: CreateEndpointConfigInput.ShadowProductionVariants", likely=True)
def _one_variant_and_its_shadow(request: Document) -> str | None:
    shadows = request.get("ShadowProductionVariants") or []
    if shadows and (len(shadows) > 1 or len(request["ProductionVariants"]) > 1):
        return "With ShadowProductionVariants, there can be one variant in ProductionVariants and one shadow variant."
    return None


@rule(
    "Prefixes are for their routing strategy",
    "botocore: ProductionVariantRoutingConfig.PrefixAwareRoutingConfig",
    likely=True,
)
def _prefixes_for_their_strategy(request: Document) -> str | None:
    for variant in _variants(request):
        routing = variant.get("RoutingConfig") or {}
        if ("PrefixAwareRoutingConfig" in routing) != (routing.get("RoutingStrategy") == "PREFIX_AWARE"):
            return (
                "PrefixAwareRoutingConfig must be specified with the RoutingStrategy PREFIX_AWARE, and with no other."
            )
    return None


@rule("There is no Elastic Inference any more", "botocore: ProductionVariant.AcceleratorType", likely=True)
def _no_elastic_inference(request: Document) -> str | None:
    if any("AcceleratorType" in variant for variant in _variants(request)):
        return "AcceleratorType is no longer supported: Elastic Inference is no longer available."
    return None


ENDPOINT_CONFIG_RULES = (
    _serverless_has_no_instances,
    _serverless_stands_alone,
    _provisioned_within_concurrency,
    _no_volume_beside_local_storage,
    _scaled_by_components,
    _one_variant_and_its_shadow,
    _prefixes_for_their_strategy,
    _no_elastic_inference,
)
