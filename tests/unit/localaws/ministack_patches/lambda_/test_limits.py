"""Lambda's quotas are those of AWS, one byte below and one above, and told in its words."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from ministack.services import lambda_svc, stepfunctions

from localaws.ministack_patches.lambda_ import limits

Document = dict[str, Any]
ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/f"
VALID = {"FunctionName": "f", "Runtime": "python3.11", "Role": ROLE, "Handler": "module.handler"}


@pytest.fixture
def answers(apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Document]:
    """A Lambda with a function `f`, whose answer is what a test puts under `body`."""
    made: Document = {"body": {}}
    monkeypatch.setattr(lambda_svc, "_execute_function_with_config_scope", lambda *_: dict(made))
    monkeypatch.setattr(lambda_svc, "invoke_async_with_retry", lambda *_: None)
    apply(limits)
    monkeypatch.setitem(lambda_svc._functions, "f", {"config": {"FunctionArn": ARN, "FunctionName": "f"}})
    yield made
    lambda_svc._functions.pop("made", None)


def _ask(method: str, path: str, body: bytes, headers: Document | None = None) -> tuple[int, Document, Document]:
    status, said, content = asyncio.run(lambda_svc.handle_request(method, path, headers or {}, body, {}))
    return status, said, json.loads(content or b"{}")


def _invoke(size: int, kind: str = "RequestResponse") -> tuple[int, Document, Document]:
    event = b'"' + b"x" * (size - 2) + b'"'
    return _ask("POST", "/2015-03-31/functions/f/invocations", event, {"x-amz-invocation-type": kind})


def test_a_call_that_is_waited_for_takes_six_megabytes(answers: Document) -> None:
    assert answers
    assert _invoke(6_291_456)[0] == 200
    status, headers, said = _invoke(6_291_457)
    assert (status, headers["x-amzn-errortype"]) == (413, "RequestEntityTooLargeException")
    assert said["message"] == "Request must be smaller than 6291456 bytes for the InvokeFunction operation"


def test_a_call_that_is_not_waited_for_takes_one_megabyte(answers: Document) -> None:
    assert answers
    assert _invoke(1_048_576, "Event")[0] == 202
    status, _, said = _invoke(1_048_577, "Event")
    assert status == 413
    assert said["message"] == ("1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)")


@pytest.mark.parametrize("letter", ["x", "ö"])
def test_an_answer_has_six_megabytes_and_a_hundred_bytes(answers: Document, letter: str) -> None:
    most = (6_291_556 - len('""')) // len(letter.encode())
    answers["body"] = letter * most
    assert "X-Amz-Function-Error" not in _invoke(2)[1]
    answers["body"] = letter * (most + 1)
    status, headers, said = _invoke(2)
    assert (status, headers["X-Amz-Function-Error"]) == (200, "Unhandled")
    assert said == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }


def test_a_workflow_fails_at_such_an_answer_by_its_name(answers: Document) -> None:
    answers["body"] = "x" * 6_291_556
    with pytest.raises(stepfunctions._ExecutionError) as failed:
        stepfunctions._call_lambda("f", {})
    assert failed.value.error == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/2015-03-31/functions", "CreateFunction"),
        ("PUT", "/2015-03-31/functions/f/code", "UpdateFunctionCode"),
    ],
)
def test_a_package_in_a_request_has_fifty_megabytes(answers: Document, method: str, path: str, operation: str) -> None:
    assert answers
    status, _, said = _ask(method, path, b"{" + b" " * 69_905_067)
    assert status == 413
    assert said["message"] == f"Request must be smaller than 69905067 bytes for the {operation} operation"


REFUSED = {
    "no time": ({"Timeout": 0}, "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater"),
    "an hour": ({"Timeout": 901}, "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less"),
    "little memory": ({"MemorySize": 64}, "Value '64' at 'memorySize' failed to satisfy constraint"),
    "much memory": ({"MemorySize": 10_241}, "'MemorySize' value failed to satisfy constraint: Member must have value"),
    "a small disk": ({"EphemeralStorage": {"Size": 511}}, "at 'ephemeralStorage.size' failed to satisfy constraint"),
    "a long description": ({"Description": "x" * 257}, "Member must have length less than or equal to 256"),
    "a handler of words": ({"Handler": "a b"}, "Member must satisfy regular expression pattern"),
    "a large environment": (
        {"Environment": {"Variables": {"A": "x" * 4090}}},
        'the environment variables you have provided exceeded the 4KB limit. String measured: {"A":"xxx',
    ),
}
TAKEN: dict[str, Document] = {
    "fifteen minutes": {"Timeout": 900},
    "ten gigabytes": {"MemorySize": 10_240},
    "an environment of 4 KB": {"Environment": {"Variables": {"A": "x" * 4088}}},
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("operation", ["create", "update", "template"])
def test_a_configuration_beyond_the_quotas_is_refused_however_it_is_given(
    answers: Document, operation: str, name: str
) -> None:
    assert answers
    given, words = REFUSED[name]
    if operation == "template":
        with pytest.raises(limits.LimitError, match=re.escape(words)):
            _provision({**VALID, **_as_text(given)})
        return
    path = "/2015-03-31/functions" + ("" if operation == "create" else "/f/configuration")
    method = "POST" if operation == "create" else "PUT"
    body = {**VALID, "FunctionName": "made", **given} if operation == "create" else given
    status, _, said = _ask(method, path, json.dumps(body).encode())
    assert status == 400
    assert words in said["message"]
    assert "made" not in lambda_svc._functions


def _as_text(value: Any) -> Any:
    """Numbers as templates may have them."""
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    return str(value)


def _provision(properties: Document) -> None:
    from ministack.services.cloudformation import provisioners

    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]["create"]("F", properties, "stack")


@pytest.mark.parametrize("name", TAKEN)
def test_a_configuration_at_the_quotas_is_taken(answers: Document, name: str) -> None:
    assert answers
    limits.check({**VALID, **TAKEN[name]})
