"""Endpoints: Create, Describe, List, Update and Delete. What serves behind them is in localaws.hosting."""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.hosting import lifecycle
from localaws.operations import SAGEMAKER, Named
from localaws.records import endpoints, models, tags
from localaws.sagemaker import endpoint_configs
from localaws.sagemaker.endpoint_configs import ENDPOINT_CONFIG
from localaws.sagemaker.rules import withdrawn
from localaws.serving.plans import Plan, VariantPlan
from localaws.shapes import Document, project_as

_ORDER = listing.Order({"Name": "EndpointName", "CreationTime": "CreationTime", "Status": "EndpointStatus"})
_STARTUP_SECONDS = 120
_DELETABLE = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
ENDPOINT = Named("EndpointName", "endpoint")


@SAGEMAKER.operation("CreateEndpoint", on=(ENDPOINT_CONFIG, ENDPOINT), emits=endpoints.STATE_CHANGE)
def create_endpoint(aws: Aws, request: Document) -> Document:
    """Store the endpoint and start its instances."""
    name = request["EndpointName"]
    arn = aws.arn("endpoint", name.lower())
    config = endpoint_configs.describe_endpoint_config(aws, request)
    withdrawn.check_variants(aws, config)
    plan = build_plan(aws, config)
    with aws.store.transaction():
        if endpoints.find(aws, name):
            raise errors.validation(f'Cannot create already existing endpoint "{arn}".')
        document = {
            "EndpointName": name,
            "EndpointArn": arn,
            "CreationTime": now(),
            "Plan": plan.to_document(),
            **plan.describe(),
        }
        aws.store.put(endpoints.KIND, name, document)
        tags.tag_new(aws, arn, request)
        endpoints.change(aws, name, EndpointStatus="Creating")
    aws.tasks.start(arn, lambda stop: lifecycle.bring_up(aws, name, stop))
    return {"EndpointArn": arn}


@SAGEMAKER.operation("DescribeEndpoint", on=(ENDPOINT,))
def describe_endpoint(aws: Aws, request: Document) -> Document:
    """The endpoint as it stands."""
    document = endpoints.find(aws, request["EndpointName"])
    if document is None:
        raise errors.validation(f'Could not find endpoint "{aws.arn("endpoint", request["EndpointName"].lower())}".')
    return document


@SAGEMAKER.operation("ListEndpoints")
def list_endpoints(aws: Aws, request: Document) -> Document:
    """Endpoints, newest first."""
    chosen, more = listing.page(
        request, aws.store.all(endpoints.KIND), _ORDER, "EndpointName", {"StatusEquals": "EndpointStatus"}
    )
    return {"Endpoints": [project_as("EndpointSummary", item) for item in chosen], **more}


@SAGEMAKER.operation("DeleteEndpoint", on=(ENDPOINT,), emits=endpoints.STATE_CHANGE)
def delete_endpoint(aws: Aws, request: Document) -> Document:
    """Stop an endpoint's instances and forget it; its configuration stays."""
    name = request["EndpointName"]
    with aws.store.transaction():
        document = describe_endpoint(aws, request)
        if document["EndpointStatus"] not in _DELETABLE:
            raise errors.validation(f'Cannot update in-progress endpoint "{document["EndpointArn"]}".')
        endpoints.change(aws, name, EndpointStatus="Deleting")
    aws.tasks.start(document["EndpointArn"], lambda _: lifecycle.tear_down(aws, name))
    return {}


def build_plan(aws: Aws, config: Document) -> Plan:
    """What an endpoint configuration names, looked up; raises AWS's error for a model that does not exist."""
    variants = tuple(_build_variant(aws, variant) for variant in config["ProductionVariants"])
    return Plan(config["EndpointConfigName"], variants, config.get("DataCaptureConfig", {}))


def _build_variant(aws: Aws, variant: Document) -> VariantPlan:
    model = models.get_model(aws, variant["ModelName"])
    container = models.get_container(aws, model)
    if "Image" not in container:
        raise errors.validation(f"The model {variant['ModelName']} names no Image; the local AWS needs one.")
    return VariantPlan(
        name=variant["VariantName"],
        container={key: container[key] for key in ("Image", "ModelDataUrl", "Environment") if key in container},
        instance_type=variant["InstanceType"],
        count=variant["InitialInstanceCount"],
        weight=variant.get("InitialVariantWeight", 1.0),
        startup_seconds=variant.get("ContainerStartupHealthCheckTimeoutInSeconds", _STARTUP_SECONDS),
        role=model.get("ExecutionRoleArn", ""),
    )
