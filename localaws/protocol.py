"""AWS's JSON 1.1 protocol: read a request, run its operation, and answer what its model lets out."""

from __future__ import annotations

import json
import logging
import secrets

from localaws import errors
from localaws.aws import Aws
from localaws.operations import Authorize, Service
from localaws.shapes import Document, project, service_model

logger = logging.getLogger(__name__)


def answer(
    service: Service, aws: Aws, operation: str, body: bytes, authorize: Authorize | None = None
) -> tuple[int, bytes]:
    """The HTTP status and JSON body that answer an API call; `authorize` raises where the caller may not make it."""
    try:
        request = _parse_request(service, operation, body)
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
            f"The local AWS does not emulate {operation}; it knows {', '.join(sorted(service.operations))}.",
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
