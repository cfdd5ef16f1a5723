"""AWS's REST JSON protocol: which operation a method and a path call, and its request out of path, query and body.

The routes are those of botocore's model: `GET /schedules/{Name}` is GetSchedule; where each member lies stands there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel, Shape

from localaws.shapes import Document, service_model

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
