"""`AWS::SageMaker::Model` and `AWS::SageMaker::EndpointConfig`: made and deleted, never changed but for their tags."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.records import models
from localaws.resources.properties import Made, Properties, call, given_name, retag
from localaws.sagemaker import endpoint_configs
from localaws.shapes import Document, service_model


@dataclass(frozen=True)
class _Kind:
    """A type whose operations are `Create<stem>` and `Delete<stem>`; `store` is where the API keeps its documents."""

    stem: str
    store: str

    @property
    def name(self) -> str:
        return f"{self.stem}Name"

    @property
    def arn(self) -> str:
        return f"{self.stem}Arn"


class _Replacing(Container[str]):
    """Every property but the tags; read when it is asked for, as a start of the local AWS does not need the model."""

    def __init__(self, stem: str) -> None:
        self._operation = f"Create{stem}"

    def __contains__(self, member: object) -> bool:
        shape = service_model().operation_model(self._operation).input_shape
        return shape is not None and member in shape.members and member != "Tags"


_KINDS = (_Kind("Model", models.MODEL), _Kind("EndpointConfig", endpoint_configs.KIND))
TYPES = tuple(f"AWS::SageMaker::{kind.stem}" for kind in _KINDS)


def register(aws: Aws) -> None:
    """Teach CloudFormation both types."""
    for kind in _KINDS:
        _register(aws, kind)


def _register(aws: Aws, kind: _Kind) -> None:
    def create(logical_id: str, properties: Properties, _: str) -> Made:
        name = given_name(properties, kind.name, logical_id)
        call(aws, f"Create{kind.stem}", {**properties, kind.name: name})
        return _made(kind, aws.store.get(kind.store, name) or {})

    def update(arn: str, old: Properties, new: Properties, _: str) -> Made:
        retag(aws, arn, old, new)
        return _made(kind, _find(aws, kind, arn) or {})

    def delete(arn: str, _: Properties) -> None:
        document = _find(aws, kind, arn)
        if document:
            call(aws, f"Delete{kind.stem}", {kind.name: document[kind.name]})

    cloudformation.add_resource_type(
        f"AWS::SageMaker::{kind.stem}",
        create,
        delete,
        update,
        replacing=_Replacing(kind.stem),
        named=kind.name,
        tagged=True,
    )


def _made(kind: _Kind, document: Document) -> Made:
    return document[kind.arn], {kind.arn: document[kind.arn], kind.name: document[kind.name]}


def _find(aws: Aws, kind: _Kind, arn: str) -> Document | None:
    # ARNs are in lower case, names are not.
    return next((item for item in aws.store.all(kind.store) if item[kind.arn] == arn), None)
