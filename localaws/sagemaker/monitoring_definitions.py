"""Job definitions for data quality and model quality: Create, Describe, List and Delete, alike but for their names."""

from __future__ import annotations

from functools import partial

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.monitoring import records
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.sagemaker import closed, monitoring_checks
from localaws.shapes import Document

_NAME = "JobDefinitionName"
_ORDER = listing.Order({"Name": _NAME, "CreationTime": "CreationTime"})


def create(kind: str, aws: Aws, request: Document) -> Document:
    """Store a definition that a schedule can name."""
    name = request[_NAME]
    arn = aws.arn(records.DEFINITIONS[kind], name.lower())
    inline = records.as_inline(kind, request)
    monitoring_checks.check(aws, inline)
    with aws.store.transaction():
        if aws.store.get(records.DEFINITIONS[kind], name):
            raise errors.in_use(f"The job definition {arn} already exists.")
        source = inline["MonitoringInputs"][0]["EndpointInput"]
        document = {
            **request,
            "JobDefinitionArn": arn,
            "CreationTime": now(),
            "EndpointName": source["EndpointName"],
        }
        aws.store.put(records.DEFINITIONS[kind], name, document)
        tags.tag_new(aws, arn, request)
    return {"JobDefinitionArn": arn}


def describe(kind: str, aws: Aws, request: Document) -> Document:
    """A definition as it was created."""
    document = aws.store.get(records.DEFINITIONS[kind], request[_NAME])
    if document is None:
        arn = aws.arn(records.DEFINITIONS[kind], request[_NAME].lower())
        raise errors.not_found(f"The job definition {arn} does not exist.")
    return document


def list_definitions(kind: str, aws: Aws, request: Document) -> Document:
    """Definitions of one kind, newest first."""
    stored = aws.store.all(records.DEFINITIONS[kind])
    chosen, more = listing.page(request, stored, _ORDER, _NAME, {"EndpointName": "EndpointName"})
    return {"JobDefinitionSummaries": [_summary(item) for item in chosen], **more}


def delete(kind: str, aws: Aws, request: Document) -> Document:
    """Forget a definition; a schedule that names it fails from then on."""
    with aws.store.transaction():
        document = describe(kind, aws, request)
        aws.store.delete(records.DEFINITIONS[kind], request[_NAME])
        tags.forget(aws, document["JobDefinitionArn"])
    return {}


def _summary(document: Document) -> Document:
    return {
        "MonitoringJobDefinitionName": document[_NAME],
        "MonitoringJobDefinitionArn": document["JobDefinitionArn"],
        "CreationTime": document["CreationTime"],
        "EndpointName": document["EndpointName"],
    }


for _kind, _noun in records.DEFINITIONS.items():
    _named = Named(_NAME, _noun)
    _new = SAGEMAKER.operation(f"Create{_kind}JobDefinition", on=(_named,), closed=closed.operation)
    _new(partial(create, _kind))
    SAGEMAKER.operation(f"Describe{_kind}JobDefinition", on=(_named,))(partial(describe, _kind))
    SAGEMAKER.operation(f"List{_kind}JobDefinitions")(partial(list_definitions, _kind))
    SAGEMAKER.operation(f"Delete{_kind}JobDefinition", on=(_named,))(partial(delete, _kind))
