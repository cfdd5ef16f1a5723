"""Connections to GitHub and its like: kept by name only. On AWS, too, a new one waits for a person to complete it."""

from __future__ import annotations

import uuid

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources.properties import Made, Properties

TYPES = {
    "AWS::CodeConnections::Connection": "codeconnections",
    "AWS::CodeStarConnections::Connection": "codestar-connections",
}
_CREATE_ONLY = ("ConnectionName", "ProviderType", "HostArn")


def register(aws: Aws) -> None:
    """Teach CloudFormation the type under its two names."""
    for name, service in TYPES.items():
        _register(aws, name, service)


def _register(aws: Aws, name: str, service: str) -> None:
    def create(_: str, properties: Properties, __: str) -> Made:
        if not properties.get("ConnectionName"):
            raise ValueError(f"{name} needs a ConnectionName.")
        arn = f"arn:aws:{service}:{aws.settings.region}:{aws.settings.account}:connection/{uuid.uuid4()}"
        return arn, _attributes(aws, arn)

    def update(arn: str, _: Properties, __: Properties, ___: str) -> Made:
        return arn, _attributes(aws, arn)

    def delete(_: str, __: Properties) -> None:
        """Nothing but the stack knew of it."""

    cloudformation.add_resource_type(name, create, delete, update, replacing=_CREATE_ONLY)


def _attributes(aws: Aws, arn: str) -> Properties:
    return {"ConnectionArn": arn, "ConnectionStatus": "PENDING", "OwnerAccountId": aws.settings.account}
