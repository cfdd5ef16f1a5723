"""Joins of CreateModel's and CreateEndpointConfig's members.

An endpoint configuration's KmsKeyId is no such join: with instances that have disks of their own, the key "does not
encrypt instance local storage" and the call goes through (botocore: CreateEndpointConfigInput.KmsKeyId).
"""

from __future__ import annotations

from collections.abc import Iterator

from localaws.refusals import Rule
from localaws.sagemaker.rules import instances
from localaws.shapes import Document

_SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html (Feature exclusions)"


def _containers(request: Document) -> list[Document]:
    return [*(request.get("Containers") or []), *filter(None, [request.get("PrimaryContainer")])]


def _hosts_all_named(request: Document) -> str | None:
    containers = request.get("Containers") or []
    named = [item for item in containers if item.get("ContainerHostname")]
    if named and len(named) < len(containers):
        return "ContainerHostname must be specified for every container of an inference pipeline, or for none."
    return None


def _one_place_of_the_model(request: Document) -> str | None:
    if any("ModelDataUrl" in item and "ModelDataSource" in item for item in _containers(request)):
        return "ModelDataUrl and ModelDataSource cannot both be specified for a container."
    return None


def _mode_is_for_several(request: Document) -> str | None:
    if "InferenceExecutionConfig" in request and not request.get("Containers"):
        return "InferenceExecutionConfig is only supported for models with Containers."
    return None


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
    Rule(
        "All hosts of an inference pipeline are named, or none",
        "botocore: ContainerDefinition.ContainerHostname",
        _hosts_all_named,
        likely=True,
    ),
    Rule(
        "A model lies in one place",
        "botocore: ContainerDefinition.ModelDataSource",
        _one_place_of_the_model,
        likely=True,
    ),
    Rule(
        "An execution mode is for several containers",
        "botocore: CreateModelInput.InferenceExecutionConfig",
        _mode_is_for_several,
        likely=True,
    ),
    Rule(
        "Credentials of a registry, and a VPC, go with access from a VPC",
        "botocore: ImageConfig.RepositoryAuthConfig",
        _private_registries,
        likely=True,
    ),
)


def _variants(request: Document) -> Iterator[Document]:
    yield from request.get("ProductionVariants") or []
    yield from request.get("ShadowProductionVariants") or []


def _serverless_has_no_instances(request: Document) -> str | None:
    for variant in _variants(request):
        given = [name for name in ("InstanceType", "InitialInstanceCount", "VolumeSizeInGB") if name in variant]
        if "ServerlessConfig" in variant and given:
            return (
                f"{' and '.join(given)} cannot be specified with ServerlessConfig for the production variant "
                f"{variant['VariantName']}."
            )
    return None


def _serverless_stands_alone(request: Document) -> str | None:
    if not any("ServerlessConfig" in variant for variant in _variants(request)):
        return None
    if len(list(_variants(request))) > 1:
        return "A serverless endpoint does not support multiple production variants."
    excluded = [name for name in ("DataCaptureConfig", "VpcConfig", "EnableNetworkIsolation") if request.get(name)]
    if excluded:
        return f"{', '.join(excluded)} cannot be specified for a serverless endpoint."
    return None


def _provisioned_within_concurrency(request: Document) -> str | None:
    for variant in _variants(request):
        config = variant.get("ServerlessConfig") or {}
        if config.get("ProvisionedConcurrency", 0) > config.get("MaxConcurrency", 0):
            return (
                f"ProvisionedConcurrency {config['ProvisionedConcurrency']} must be less than or equal to "
                f"MaxConcurrency {config['MaxConcurrency']}."
            )
    return None


def _no_volume_beside_local_storage(request: Document) -> str | None:
    for variant in _variants(request):
        kind = variant.get("InstanceType", "")
        if "VolumeSizeInGB" in variant and instances.has_local_storage(kind):
            return f"VolumeSize parameter is not allowed for the selected Instance type {kind}"
    return None


def _scaled_by_components(request: Document) -> str | None:
    # Inference components are placed on a variant later: such a variant names no model.
    if any("ManagedInstanceScaling" in variant and "ModelName" in variant for variant in _variants(request)):
        return "ManagedInstanceScaling is only supported for inference component endpoints."
    return None


def _one_variant_and_its_shadow(request: Document) -> str | None:
    shadows = request.get("ShadowProductionVariants") or []
    if shadows and (len(shadows) > 1 or len(request["ProductionVariants"]) > 1):
        return "With ShadowProductionVariants, there can be one variant in ProductionVariants and one shadow variant."
    return None


def _prefixes_for_their_strategy(request: Document) -> str | None:
    for variant in _variants(request):
        routing = variant.get("RoutingConfig") or {}
        if ("PrefixAwareRoutingConfig" in routing) != (routing.get("RoutingStrategy") == "PREFIX_AWARE"):
            return (
                "PrefixAwareRoutingConfig must be specified with the RoutingStrategy PREFIX_AWARE, and with no other."
            )
    return None


def _no_elastic_inference(request: Document) -> str | None:
    if any("AcceleratorType" in variant for variant in _variants(request)):
        return "AcceleratorType is no longer supported: Elastic Inference is no longer available."
    return None


ENDPOINT_CONFIG_RULES = (
    Rule(
        "A serverless variant names no instances",
        "botocore: ProductionVariant.ServerlessConfig",
        _serverless_has_no_instances,
        likely=True,
    ),
    Rule(
        "A serverless endpoint has one variant, no capture and no network of its own",
        _SERVERLESS,
        _serverless_stands_alone,
        likely=True,
    ),
    Rule(
        "Provisioned concurrency is within the most",
        "botocore: ProductionVariantServerlessConfig.ProvisionedConcurrency",
        _provisioned_within_concurrency,
        likely=True,
    ),
    Rule(
        "No volume is attached to instances that have disks of their own",
        "https://github.com/autogluon/autogluon-cloud/pull/50",
        _no_volume_beside_local_storage,
    ),
    Rule(
        "Managed scaling is for inference components",
        "https://github.com/hashicorp/terraform-provider-aws/pull/45926",
        _scaled_by_components,
    ),
    Rule(
        "One variant has one shadow",
        "botocore: CreateEndpointConfigInput.ShadowProductionVariants",
        _one_variant_and_its_shadow,
        likely=True,
    ),
    Rule(
        "Prefixes are for their routing strategy",
        "botocore: ProductionVariantRoutingConfig.PrefixAwareRoutingConfig",
        _prefixes_for_their_strategy,
        likely=True,
    ),
    Rule(
        "There is no Elastic Inference any more",
        "botocore: ProductionVariant.AcceleratorType",
        _no_elastic_inference,
        likely=True,
    ),
)
