"""A resource's properties as the request of an API operation, and an operation's refusal as the resource's reason."""

from __future__ import annotations

from typing import Any

from botocore.model import Shape

from localaws import errors
from localaws.aws import Aws
from localaws.names import identifier
from localaws.operations import AUTOSCALING, SAGEMAKER, Service
from localaws.records import tags
from localaws.shapes import Document, service_model

Properties = dict[str, Any]
Made = tuple[str, Properties]

_WHOLE = ("integer", "long")
_NUMBERS = (*_WHOLE, "float", "double")


def call(aws: Aws, operation: str, properties: Properties, service: Service = SAGEMAKER) -> Document:
    """Run an operation of ours with a resource's properties; what it refuses is the resource's reason."""
    try:
        return service.call(aws, operation, as_request(operation, properties, service.name))
    except errors.AwsError as error:
        raise ValueError(f"{error.message} (Service: {service.title}, Error Code: {error.code})") from error


def scale(aws: Aws, operation: str, properties: Properties) -> Document:
    """Run an operation of Application Auto Scaling."""
    return call(aws, operation, properties, AUTOSCALING)


def as_request(operation: str, properties: Properties, service: str = "sagemaker") -> Document:
    """The properties that the operation takes, each as its model wants it: a template's numbers may be text."""
    shape = service_model(service).operation_model(operation).input_shape
    request: Document = typed(shape, {name: properties[name] for name in properties if shape and name in shape.members})
    return request


def typed(shape: Shape | None, value: Any) -> Any:  # noqa: ANN401 - JSON of any type
    """A template's value as the type that a shape has; what cannot be converted is left for the check to refuse."""
    kind = shape.type_name if shape else ""
    if shape is None or value is None:
        return value
    if kind == "structure" and isinstance(value, dict):
        members = shape.members
        return {name: typed(members.get(name), item) for name, item in value.items() if item is not None}
    if kind == "list" and isinstance(value, list):
        return [typed(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: typed(shape.value, item) for key, item in value.items()}
    return _scalar(kind, value)


def _scalar(kind: str, value: Any) -> Any:  # noqa: ANN401
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, (int, float)):
        return str(value)
    if kind in _NUMBERS and isinstance(value, str):
        try:
            return int(value) if kind in _WHOLE else float(value)
        except ValueError:
            return value
    return value


def given_name(properties: Properties, member: str, logical_id: str) -> str:
    """The name that the template gives, or one that no other resource has."""
    return str(properties.get(member) or f"{logical_id}-{identifier()}")


def retag(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    """Bring a resource's tags from those of the old template to those of the new one; others stay."""
    dropped = {tag["Key"] for tag in old.get("Tags") or []} - {tag["Key"] for tag in new.get("Tags") or []}
    tags.remove_tags(aws, arn, dropped)
    tags.add_tags(aws, arn, new.get("Tags") or [])
