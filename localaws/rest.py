"""AWS's REST JSON protocol: which operation a method and a path call, and its request out of path, query and body.

The routes are those of botocore's model: `GET /schedules/{Name}` is GetSchedule; where each member lies stands there.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel, Shape

from localaws import errors
from localaws.aws import Aws
from localaws.operations import Authorize, Service
from localaws.records import tags
from localaws.shapes import Document, project, service_model

_LABEL = re.compile(r"\{(\w+)\+?\}")


@dataclass(frozen=True)
class _Route:
    method: str
    path: re.Pattern[str]
    operation: str


def match(service: str, method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation that a request calls and the members that its path holds; None where there is no such route."""
    for route in _routes(service):
        found = route.path.fullmatch(path)
        if found and route.method == method:
            return route.operation, found.groupdict()
    return None


def as_json(service: str, operation: str, labels: dict[str, str], query: bytes, body: bytes) -> bytes:
    """The request as the JSON protocol has it, all members in one object; a body that is no object stays as it is."""
    model = service_model(service).operation_model(operation)
    try:
        members = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return body
    if not isinstance(members, dict):
        return body
    return json.dumps(members | labels | dict(_queried(model, query.decode("latin-1")))).encode()


def error(content: bytes) -> tuple[str, bytes]:
    """The code and the body of an error, as this protocol spells them."""
    document: Document = json.loads(content)
    return document["__type"], json.dumps({"Message": document["message"]}).encode()


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = service_model(service)
    return tuple(_route(model.operation_model(name)) for name in model.operation_names)


def _route(model: OperationModel) -> _Route:
    # An ARN is a label as well, with slashes that arrive decoded.
    pattern = _LABEL.sub(
        lambda label: f"(?P<{label[1]}>{'.+' if label[1] == 'ResourceArn' else '[^/]+'})", model.http["requestUri"]
    )
    return _Route(model.http["method"], re.compile(pattern), model.name)


def _queried(model: OperationModel, query: str) -> Iterator[tuple[str, Any]]:
    given = parse_qs(query, keep_blank_values=True)
    for name, shape in (model.input_shape.members if model.input_shape else {}).items():
        place = shape.serialization
        if place.get("location") == "querystring" and place["name"] in given:
            yield name, _typed(shape, given[place["name"]])


def _typed(shape: Shape, values: list[str]) -> Any:  # noqa: ANN401 - as the shape says
    if shape.type_name == "list":
        return values
    return int(values[0]) if shape.type_name == "integer" and values[0].isdecimal() else values[0]


logger = logging.getLogger(__name__)


def answer(
    service: Service, aws: Aws, operation: str, body: bytes, authorize: Authorize | None = None
) -> tuple[int, bytes]:
    """The HTTP status and JSON body that answer an API call; `authorize` raises where the caller may not make it."""
    try:
        request = _parse_request(service, operation, body)
        tags.check_keys(request.get("Tags"))
        answered = service.call(aws, operation, request, authorize)
        return 200, json.dumps(project(operation, answered, service.name)).encode()
    except errors.AwsError as error:
        return error.status, json.dumps({"__type": error.code, "message": error.message}).encode()
    except Exception as error:
        logger.exception("%s failed", operation)
        sentence = f"The local AWS failed on {operation}: {type(error).__name__}: {error}"
        return 500, json.dumps({"__type": "InternalFailure", "message": sentence}).encode()


def _parse_request(service: Service, operation: str, body: bytes) -> Document:
    if operation not in service_model(service.name).operation_names:
        raise errors.AwsError("UnknownOperationException", f"{service.title} has no operation {operation!r}.", 404)
    if operation not in service.operations:
        raise errors.AwsError(
            "UnsupportedOperation",
            f"The local AWS does not emulate {operation} of {service.title}; docs/local-aws.md lists what it does.",
        )
    try:
        request = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise errors.AwsError("SerializationException", f"The request is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise errors.AwsError("SerializationException", "The request must be a JSON object.")
    shape = service_model(service.name).operation_model(operation).input_shape
    members = shape.members if shape else {}
    # The SDKs make a client token where the caller gives none; the plain HTTP caller gets the same service.
    token = {"ClientRequestToken": secrets.token_hex(16)} if "ClientRequestToken" in members else {}
    # Like AWS, past what the model does not know: such members are for callers within the local AWS.
    return token | {name: value for name, value in request.items() if name in members}
