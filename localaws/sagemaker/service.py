"""The SageMaker service: validates a request, runs its operation, and answers in AWS's JSON 1.1 protocol."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping

from localaws import errors
from localaws.aws import Aws
from localaws.sagemaker import (
    endpoint_configs,
    endpoint_updates,
    endpoints,
    jobs,
    model_package_groups,
    model_packages,
    models,
    pipeline_executions,
    pipelines,
    tags,
)
from localaws.shapes import Document, project, service_model, validate

logger = logging.getLogger(__name__)

Operation = Callable[[Aws, Document], Document]

OPERATIONS: Mapping[str, Operation] = {
    **endpoint_configs.OPERATIONS,
    **endpoint_updates.OPERATIONS,
    **endpoints.OPERATIONS,
    **jobs.OPERATIONS,
    **model_package_groups.OPERATIONS,
    **model_packages.OPERATIONS,
    **models.OPERATIONS,
    **pipeline_executions.OPERATIONS,
    **pipelines.OPERATIONS,
    **tags.OPERATIONS,
}


def answer(aws: Aws, operation: str, body: bytes) -> tuple[int, bytes]:
    """The HTTP status and JSON body that answer an API call."""
    try:
        request = _request(operation, body)
        return 200, json.dumps(project(operation, OPERATIONS[operation](aws, request))).encode()
    except errors.AwsError as error:
        return error.status, json.dumps({"__type": error.code, "message": error.message}).encode()
    except Exception as error:
        logger.exception("%s failed", operation)
        sentence = f"The local AWS failed on {operation}: {type(error).__name__}: {error}"
        return 500, json.dumps({"__type": "InternalFailure", "message": sentence}).encode()


def _request(operation: str, body: bytes) -> Document:
    if operation not in service_model().operation_names:
        raise errors.AwsError("UnknownOperationException", f"SageMaker has no operation {operation!r}.", 404)
    if operation not in OPERATIONS:
        raise errors.AwsError(
            "UnsupportedOperation",
            f"The local AWS does not emulate {operation}; it knows {', '.join(sorted(OPERATIONS))}.",
        )
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise errors.AwsError("SerializationException", f"The request is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise errors.AwsError("SerializationException", "The request must be a JSON object.")
    _fill_token(operation, request)
    validate(operation, request)
    return request


def _fill_token(operation: str, request: Document) -> None:
    # The SDKs make a client token where the caller gives none; the plain HTTP caller gets the same service.
    shape = service_model().operation_model(operation).input_shape
    if shape and "ClientRequestToken" in shape.members:
        request.setdefault("ClientRequestToken", secrets.token_hex(16))
