"""Endpoints: Create, Describe, List, Update and Delete. What serves behind them is in localaws.hosting."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws, now
from localaws.hosting import lifecycle, states
from localaws.hosting.plans import Plan
from localaws.sagemaker import endpoint_configs, listing, tags
from localaws.sagemaker.rules import withdrawn
from localaws.shapes import Document, project_as

_ORDER = listing.Order({"Name": "EndpointName", "CreationTime": "CreationTime", "Status": "EndpointStatus"})
_DELETABLE = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")


def create_endpoint(aws: Aws, request: Document) -> Document:
    """Store the endpoint and start its instances."""
    name = request["EndpointName"]
    arn = aws.arn("endpoint", name.lower())
    config = endpoint_configs.describe_endpoint_config(aws, request)
    withdrawn.check_variants(aws, config)
    plan = Plan.of(aws, config)
    with aws.store.transaction():
        if states.load(aws, name):
            raise errors.validation(f'Cannot create already existing endpoint "{arn}".')
        document = {
            "EndpointName": name,
            "EndpointArn": arn,
            "CreationTime": now(),
            "Plan": plan.to_document(),
            **plan.describe(),
        }
        aws.store.put(states.KIND, name, document)
        tags.tag_new(aws, arn, request)
        states.change(aws, name, EndpointStatus="Creating")
    aws.tasks.start(arn, lambda stop: lifecycle.bring_up(aws, name, stop))
    return {"EndpointArn": arn}


def describe_endpoint(aws: Aws, request: Document) -> Document:
    """The endpoint as it stands."""
    document = states.load(aws, request["EndpointName"])
    if document is None:
        raise errors.validation(f'Could not find endpoint "{aws.arn("endpoint", request["EndpointName"].lower())}".')
    return document


def list_endpoints(aws: Aws, request: Document) -> Document:
    """Endpoints, newest first."""
    chosen, more = listing.page(
        request, aws.store.all(states.KIND), _ORDER, "EndpointName", {"StatusEquals": "EndpointStatus"}
    )
    return {"Endpoints": [project_as("EndpointSummary", item) for item in chosen], **more}


def delete_endpoint(aws: Aws, request: Document) -> Document:
    """Stop an endpoint's instances and forget it; its configuration stays."""
    name = request["EndpointName"]
    with aws.store.transaction():
        document = describe_endpoint(aws, request)
        if document["EndpointStatus"] not in _DELETABLE:
            raise errors.validation(f'Cannot update in-progress endpoint "{document["EndpointArn"]}".')
        states.change(aws, name, EndpointStatus="Deleting")
    aws.tasks.start(document["EndpointArn"], lambda _: lifecycle.tear_down(aws, name))
    return {}


OPERATIONS = {
    "CreateEndpoint": create_endpoint,
    "DescribeEndpoint": describe_endpoint,
    "ListEndpoints": list_endpoints,
    "DeleteEndpoint": delete_endpoint,
}
