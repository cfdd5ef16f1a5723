"""Endpoint configurations: which models serve, on how many instances, with what captured."""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.operations import SAGEMAKER, Named
from localaws.records import defaults, models, tags
from localaws.refusals import members
from localaws.sagemaker import closed
from localaws.sagemaker.rules.hosting import ENDPOINT_CONFIG_RULES
from localaws.shapes import Document, project_as

KIND = "endpoint-config"
_ORDER = listing.Order({"Name": "EndpointConfigName", "CreationTime": "CreationTime"})
ENDPOINT_CONFIG = Named("EndpointConfigName", "endpoint-config")
_MEMBERS = members(
    """EndpointConfigName ProductionVariants.VariantName ProductionVariants.ModelName
    ProductionVariants.InitialInstanceCount ProductionVariants.InstanceType ProductionVariants.InitialVariantWeight
    ProductionVariants.ContainerStartupHealthCheckTimeoutInSeconds DataCaptureConfig""",
    kept="""DataCaptureConfig.KmsKeyId KmsKeyId EnableNetworkIsolation Tags ProductionVariants.VolumeSizeInGB
    ProductionVariants.ModelDataDownloadTimeoutInSeconds ProductionVariants.InferenceAmiVersion
    ProductionVariants.VariantInstanceProvisionTimeoutInSeconds""",
    only={"ProductionVariants.RoutingConfig.RoutingStrategy": ("RANDOM",)},
)


@SAGEMAKER.operation(
    "CreateEndpointConfig",
    on=(ENDPOINT_CONFIG,),
    closed=closed.explains,
    checks=ENDPOINT_CONFIG_RULES,
    members=_MEMBERS,
)
def create_endpoint_config(aws: Aws, request: Document) -> Document:
    """Store a configuration whose models exist."""
    name = request["EndpointConfigName"]
    arn = aws.arn("endpoint-config", name.lower())
    _check_variants(aws, request["ProductionVariants"])
    with aws.store.transaction():
        if aws.store.get(KIND, name):
            raise errors.validation(f'Cannot create already existing endpoint configuration "{arn}".')
        filled = defaults.fill(request, defaults.ENDPOINT_CONFIG)
        document = {**filled, "EndpointConfigArn": arn, "CreationTime": now()}
        aws.store.put(KIND, name, document)
        tags.tag_new(aws, arn, request)
    return {"EndpointConfigArn": arn}


@SAGEMAKER.operation("DescribeEndpointConfig", on=(ENDPOINT_CONFIG,))
def describe_endpoint_config(aws: Aws, request: Document) -> Document:
    """A configuration as it was created."""
    document = aws.store.get(KIND, request["EndpointConfigName"])
    if document is None:
        arn = aws.arn("endpoint-config", request["EndpointConfigName"].lower())
        raise errors.validation(f'Could not find endpoint configuration "{arn}".')
    return document


@SAGEMAKER.operation("ListEndpointConfigs")
def list_endpoint_configs(aws: Aws, request: Document) -> Document:
    """Configurations, newest first."""
    chosen, more = listing.page(request, aws.store.all(KIND), _ORDER, "EndpointConfigName")
    return {"EndpointConfigs": [project_as("EndpointConfigSummary", item) for item in chosen], **more}


@SAGEMAKER.operation("DeleteEndpointConfig", on=(ENDPOINT_CONFIG,))
def delete_endpoint_config(aws: Aws, request: Document) -> Document:
    """Remove a configuration; an endpoint that was made from it keeps what it has."""
    with aws.store.transaction():
        document = describe_endpoint_config(aws, request)
        aws.store.delete(KIND, request["EndpointConfigName"])
        tags.forget(aws, document["EndpointConfigArn"])
    return {}


def _check_variants(aws: Aws, variants: list[Document]) -> None:
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) < len(names):
        raise errors.validation(f"Production variants need names of their own; given were {', '.join(names)}.")
    for variant in variants:
        missing = [member for member in ("ModelName", "InstanceType", "InitialInstanceCount") if member not in variant]
        if missing:
            raise errors.validation(
                f"The production variant {variant['VariantName']} has no {' and no '.join(missing)}; the local AWS "
                "serves models on instances, and needs all three."
            )
        models.get_model(aws, variant["ModelName"])
