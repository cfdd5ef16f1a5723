"""`AWS::SageMaker::Endpoint`: the stack goes on when the endpoint serves, and fails with its reason."""

from __future__ import annotations

import time

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.records import endpoints
from localaws.resources.properties import Made, Properties, call, given_name, retag
from localaws.shapes import Document

TYPE = "AWS::SageMaker::Endpoint"
_NAME = "EndpointName"
_CONFIG = "EndpointConfigName"
_POLL_SECONDS = 0.1
_AT_REST = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""

    def create(logical_id: str, properties: Properties, _: str) -> Made:
        name = given_name(properties, _NAME, logical_id)
        call(aws, "CreateEndpoint", {**properties, _NAME: name})
        return _serving(aws, name, properties[_CONFIG])

    def update(arn: str, old: Properties, new: Properties, _: str) -> Made:
        name = (_find(aws, arn) or {}).get(_NAME, "")
        if any(old.get(member) != new.get(member) for member in old.keys() | new.keys() if member != "Tags"):
            call(aws, "UpdateEndpoint", {**new, _NAME: name})
        retag(aws, arn, old, new)
        return _serving(aws, name, new[_CONFIG])

    def delete(arn: str, _: Properties) -> None:
        document = _find(aws, arn)
        if document:
            _settled(aws, document[_NAME])
            call(aws, "DeleteEndpoint", {_NAME: document[_NAME]})
            while endpoints.find(aws, document[_NAME]):
                time.sleep(_POLL_SECONDS)

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=(_NAME,), named=_NAME, tagged=True)


def _serving(aws: Aws, name: str, config: str) -> Made:
    document = _settled(aws, name)
    if document["EndpointStatus"] != "InService" or document[_CONFIG] != config:
        raise ValueError(document.get("FailureReason", f"The endpoint {name} is {document['EndpointStatus']}."))
    return document["EndpointArn"], {"EndpointArn": document["EndpointArn"], _NAME: name}


def _settled(aws: Aws, name: str) -> Document:
    while True:
        document: Document = endpoints.find(aws, name) or {"EndpointStatus": "Failed", _CONFIG: ""}
        if document["EndpointStatus"] in _AT_REST:
            return document
        time.sleep(_POLL_SECONDS)


def _find(aws: Aws, arn: str) -> Document | None:
    return next((item for item in aws.store.all(endpoints.KIND) if item["EndpointArn"] == arn), None)
