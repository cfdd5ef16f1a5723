"""Lambda's quotas: how large events, answers, packages and environments are, how long and with what functions run.

MiniStack holds a package to 250 MB unpacked, and nothing else.

- https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html has the quotas
- an event: https://github.com/awslabs/aws-athena-query-federation/issues/793, asynchronous
  https://github.com/ASFHyP3/hyp3/issues/2241 (the limit then was 256 KB; it is 1 MB by API_Invoke of today)
- an answer: https://github.com/umihico/pythonista-chromeless/issues/11
- a package: https://github.com/motdotla/node-lambda/issues/123
- an environment: https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594
- memory: https://github.com/aws-samples/aws-lex-conv-faq/issues/9
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from botocore.model import Shape
from ministack.services import lambda_svc

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.shapes import broken_limits, service_model

Document = dict[str, Any]
Handler = Callable[..., Any]

LARGEST_EVENT = 6 * 1024 * 1024
LARGEST_QUEUED = 1024 * 1024
LARGEST_ANSWER = LARGEST_EVENT + 100
LARGEST_UPLOAD = 69_905_067  # 50 MB, as base64 in JSON
LARGEST_ENVIRONMENT = 4 * 1024
_MOST = {"Timeout": 900, "MemorySize": 10_240}  # of functions that are no Managed Instances
_FUNCTION = "AWS::Lambda::Function"
_UPLOADS = {"POST": (re.compile(r".*/functions/?"), "CreateFunction")} | {
    "PUT": (re.compile(r".*/functions/[^/]+/code/?"), "UpdateFunctionCode")
}
_INVOCATION = re.compile(r".*/functions/[^/]+/(invocations|response-streaming-invocations)/?")


class LimitError(ValueError):
    """What a configuration breaks, in AWS's words, with the error's code."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def patch(_: Aws) -> Patch:
    """Refuse what AWS refuses, where a function is called, made or changed, by a stack too."""
    return Patch(
        replaces={
            lambda_svc: {
                "_create_function": _creating,
                "_execute_function_with_config_scope": _measuring,
                "_update_config": _updating,
                "handle_request": _weighing,
            }
        },
        handlers={
            (_FUNCTION, "create"): lambda create: _provisioning(create, 1),
            (_FUNCTION, "update"): lambda update: _provisioning(update, 2),
        },
        reads={lambda_svc: ("error_response_json",)},
        after=("lambda_.errors", "lambda_.networks"),
    )


def _weighing(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def weigh_and_handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:  # noqa: ANN401
        words = _too_large(method, path, headers, len(body or b""))
        if words:
            code = "RequestEntityTooLargeException"
            answer = {"Type": "User", "message": words, "__type": code}
            return 413, {"Content-Type": "application/json", "x-amzn-errortype": code}, json.dumps(answer).encode()
        return await handle(method, path, headers, body, query)

    return weigh_and_handle


def _too_large(method: str, path: str, headers: Any, size: int) -> str | None:  # noqa: ANN401
    """AWS's sentence for a request that is too large for its operation."""
    if method == "POST" and _INVOCATION.fullmatch(path):
        if size > LARGEST_EVENT:
            return f"Request must be smaller than {LARGEST_EVENT} bytes for the InvokeFunction operation"
        given = {name.lower(): value for name, value in headers.items()}
        if given.get("x-amz-invocation-type") == "Event" and size > LARGEST_QUEUED:
            return f"{size} byte payload is too large for the Event invocation type (limit {LARGEST_QUEUED} bytes)"
    pattern, operation = _UPLOADS.get(method, (None, ""))
    if pattern and pattern.fullmatch(path) and size > LARGEST_UPLOAD:
        return f"Request must be smaller than {LARGEST_UPLOAD} bytes for the {operation} operation"
    return None


def _measuring(execute: Callable[..., Document]) -> Callable[..., Document]:
    def execute_and_measure(function: Document, event: Any) -> Document:  # noqa: ANN401
        result = execute(function, event)
        if _size(result.get("body")) <= LARGEST_ANSWER:
            return result
        words = f"Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes)."
        fault = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": words}
        return {**result, "error": True, "body": fault}

    return execute_and_measure


def _size(body: Any) -> int:  # noqa: ANN401 - what a function answered
    if isinstance(body, bytes):
        return len(body)
    return len(json.dumps(body, ensure_ascii=False, default=str).encode())


def check(request: Document) -> None:
    """Raise LimitError for a function's configuration that AWS does not take."""
    members = service_model("lambda").operation_model("CreateFunction").input_shape.members
    for name, value in request.items():
        if name in members:
            for words in _broken(members[name], name, value):
                raise LimitError("ValidationException", f"1 validation error detected: {words}")
    for name, most in _MOST.items():
        if isinstance(request.get(name), int) and request[name] > most:
            constraint = f"failed to satisfy constraint: Member must have value less than or equal to {most}"
            at = f"1 validation error detected: Value '{request[name]}' at '{name.lower()}'"
            said = f"'{name}' value" if name == "MemorySize" else at
            raise LimitError("ValidationException", f"{said} {constraint}")
    variables = (request.get("Environment") or {}).get("Variables") or {}
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LARGEST_ENVIRONMENT:
        raise LimitError(
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}",
        )


def _broken(shape: Shape, name: str, value: Any) -> Iterator[str]:  # noqa: ANN401
    if shape.type_name == "structure" and isinstance(value, dict):
        for inner, item in value.items():
            if inner in shape.members and not isinstance(item, dict):
                yield from _broken(shape.members[inner], f"{name}.{inner[0].lower()}{inner[1:]}", item)
    elif isinstance(value, int if shape.type_name == "integer" else str) and shape.type_name in ("integer", "string"):
        for constraint in broken_limits(shape, value):
            at = name[0].lower() + name[1:]
            yield f"Value '{value}' at '{at}' failed to satisfy constraint: Member must {constraint}"


def _creating(create: Handler) -> Handler:
    def check_and_create(request: Document) -> Any:  # noqa: ANN401 - MiniStack's answer
        try:
            check(request)
        except LimitError as error:
            return lambda_svc.error_response_json(error.code, str(error), 400)
        return create(request)

    return check_and_create


def _updating(update: Handler) -> Handler:
    def check_and_update(name: str, request: Document) -> Any:  # noqa: ANN401
        try:
            check(request)
        except LimitError as error:
            return lambda_svc.error_response_json(error.code, str(error), 400)
        return update(name, request)

    return check_and_update


def _provisioning(provision: Handler, at: int) -> Handler:
    """A template's function: its properties stand at the place `at` of MiniStack's arguments; numbers may be text."""

    def check_and_provision(*given: Any, **more: Any) -> Any:  # noqa: ANN401
        properties = given[at]
        named = {name: properties[name] for name in ("Description", "Environment", "Handler") if name in properties}
        numbers: Document = {name: int(properties[name]) for name in _MOST if name in properties}
        if "Size" in properties.get("EphemeralStorage", {}):
            numbers["EphemeralStorage"] = {"Size": int(properties["EphemeralStorage"]["Size"])}
        check({**named, **numbers})
        return provision(*given, **more)

    return check_and_provision
