"""AWS's JSON 1.1 protocol: validate a request, run its operation, and answer what its model lets out."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localaws import errors
from localaws.aws import Aws
from localaws.shapes import Document, project, service_model, validate

logger = logging.getLogger(__name__)

Operation = Callable[[Aws, Document], Document]
Authorize = Callable[[str, str, Document], None]


@dataclass(frozen=True)
class Service:
    """A service as botocore names it, and the operations that the local AWS has of it."""

    title: str
    name: str
    operations: Mapping[str, Operation]
    # A request with all that policies are asked about, where it names that indirectly.
    complete: Callable[[Aws, Document], Document] = lambda _, request: request


def answer(
    service: Service, aws: Aws, operation: str, body: bytes, authorize: Authorize | None = None
) -> tuple[int, bytes]:
    """The HTTP status and JSON body that answer an API call; `authorize` raises where the caller may not make it."""
    try:
        request = _request(service, operation, body)
        if authorize:
            authorize(service.name, operation, service.complete(aws, request))
        answered = service.operations[operation](aws, request)
        return 200, json.dumps(project(operation, answered, service.name)).encode()
    except errors.AwsError as error:
        return error.status, json.dumps({"__type": error.code, "message": error.message}).encode()
    except Exception as error:
        logger.exception("%s failed", operation)
        sentence = f"The local AWS failed on {operation}: {type(error).__name__}: {error}"
        return 500, json.dumps({"__type": "InternalFailure", "message": sentence}).encode()


def _request(service: Service, operation: str, body: bytes) -> Document:
    if operation not in service_model(service.name).operation_names:
        raise errors.AwsError("UnknownOperationException", f"{service.title} has no operation {operation!r}.", 404)
    if operation not in service.operations:
        raise errors.AwsError(
            "UnsupportedOperation",
            f"The local AWS does not emulate {operation}; it knows {', '.join(sorted(service.operations))}.",
        )
    try:
        request = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise errors.AwsError("SerializationException", f"The request is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise errors.AwsError("SerializationException", "The request must be a JSON object.")
    _fill_token(service, operation, request)
    validate(operation, request, service.name)
    return request


def _fill_token(service: Service, operation: str, request: Document) -> None:
    # The SDKs make a client token where the caller gives none; the plain HTTP caller gets the same service.
    shape = service_model(service.name).operation_model(operation).input_shape
    if shape and "ClientRequestToken" in shape.members:
        request.setdefault("ClientRequestToken", secrets.token_hex(16))
