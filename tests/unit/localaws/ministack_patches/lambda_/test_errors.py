"""Errors of functions keep their names on the way to Retry and Catch; the process that raised stays warm."""

import asyncio
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

from localaws.ministack.configuration import MiniStackError
from localaws.ministack_patches.lambda_ import errors

SOURCE = """
import decimal, os

class BadPicture(Exception):
    pass

def handler(event, context):
    if "die" in event:
        os.kill(os.getpid(), 9)
    if "bytes" in event:
        return {"statusCode": 200, "body": {"image_data": b"aGVsbG8=", "price": decimal.Decimal("1.5")}}
    if "set" in event:
        return {1, 2}
    if "raise" in event:
        raise BadPicture(event["raise"])
    return os.getpid()
"""


@pytest.fixture
def function(apply: Callable[[ModuleType], None]) -> Iterator[dict[str, Any]]:
    apply(errors)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("module.py", SOURCE)
    config = {
        "FunctionName": "a-function",
        "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:a-function",
        "Runtime": "python3.11",
        "Handler": "module.handler",
        "Timeout": 20,
    }
    yield {"config": config, "code_zip": content.getvalue()}
    lambda_runtime.invalidate_worker("a-function", account="000000000000", region="us-east-1")


def _call(function: dict[str, Any], event: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = lambda_svc._execute_function_warm(function, event, "request")
    return answer


def test_the_error_s_type_is_the_exception_s_class(function: dict[str, Any]) -> None:
    answer = _call(function, {"raise": "The picture\nis broken."})
    assert answer["error"]
    assert answer["body"]["errorType"] == "BadPicture"
    assert answer["body"]["errorMessage"] == "The picture\nis broken."
    assert "in handler" in answer["body"]["stackTrace"][-1]
    assert "BadPicture" in answer["log"]


def test_bytes_and_decimals_are_answered_as_text_and_numbers(function: dict[str, Any]) -> None:
    answer = _call(function, {"bytes": "please"})
    assert answer["body"] == {"statusCode": 200, "body": {"image_data": "aGVsbG8=", "price": 1.5}}


def test_an_answer_that_is_no_json_is_a_fault_of_the_runtime_and_leaves_the_process(function: dict[str, Any]) -> None:
    before = _call(function, {})["body"]
    body = _call(function, {"set": "please"})["body"]
    assert body["errorType"] == "Runtime.MarshalError"
    assert body["errorMessage"] == "Unable to marshal response: Object of type set is not JSON serializable"
    assert _call(function, {})["body"] == before


@pytest.mark.parametrize(
    ("handler", "kind", "words"),
    [
        ("absent.handler", "Runtime.ImportModuleError", "Unable to import module 'absent': No module named 'absent'"),
        ("module.gone", "Runtime.HandlerNotFound", "Handler 'gone' missing on module 'module'"),
    ],
)
def test_a_function_that_cannot_begin_says_why_as_the_runtime_does(
    function: dict[str, Any], handler: str, kind: str, words: str
) -> None:
    broken = {**function, "config": {**function["config"], "Handler": handler, "FunctionName": "gap-broken"}}
    assert _call(broken, {})["body"] == {"errorType": kind, "errorMessage": words}


@pytest.mark.parametrize("event", [b"{", b"text", b"\xff"])
def test_an_event_that_is_no_json_is_refused(function: dict[str, Any], event: bytes) -> None:
    path = "/2015-03-31/functions/a-function/invocations"
    status, headers, body = asyncio.run(lambda_svc.handle_request("POST", path, {}, event, {}))
    assert status == 400
    assert headers["x-amzn-errortype"] == "InvalidRequestContentException"
    assert json.loads(body)["message"].startswith("Could not parse request body into json: ")


def test_an_exception_does_not_end_the_process(function: dict[str, Any]) -> None:
    before = _call(function, {})["body"]
    _call(function, {"raise": "once"})
    assert _call(function, {}) == {"body": before, "log": ""}


def test_a_later_error_without_a_class_is_not_named_after_an_earlier_one(function: dict[str, Any]) -> None:
    _call(function, {"raise": "once"})
    broken = {**function, "config": {**function["config"], "Handler": "absent.handler", "FunctionName": "gap-broken"}}
    assert _call(broken, {})["body"]["errorType"] != "BadPicture"


def test_a_process_that_was_killed_has_the_name_that_aws_gives_it_and_the_next_call_a_new_one(
    function: dict[str, Any],
) -> None:
    before = _call(function, {})["body"]
    assert _call(function, {"die": "now"})["body"]["errorType"] == "Runtime.ExitError"
    assert _call(function, {})["body"] not in (before, None)


def test_a_process_that_is_killed_while_it_starts_has_that_name_too_but_a_broken_module_has_not(
    function: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(stderr: str) -> str:
        def spawn(_: object) -> None:
            raise RuntimeError(f"Worker process exited immediately. stderr: {stderr}")

        monkeypatch.setattr(lambda_runtime.Worker, "_spawn", spawn)
        return str(_call(function, {})["body"]["errorType"])

    assert named("") == "Runtime.ExitError"
    assert named("ImportError: no module") != "Runtime.ExitError"


def test_a_throttled_call_has_the_name_that_aws_gives_it(
    apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttle(*_: object) -> None:
        body = {"__type": "TooManyRequestsException", "message": "Rate Exceeded"}
        raise stepfunctions._ExecutionError("Lambda.Unknown", json.dumps(body))

    monkeypatch.setattr(stepfunctions, "_call_lambda", throttle)
    apply(errors)
    with pytest.raises(stepfunctions._ExecutionError) as raised:
        stepfunctions._call_lambda("f", {})
    assert (raised.value.error, raised.value.cause) == ("Lambda.TooManyRequestsException", "Rate Exceeded")


def test_another_worker_script_is_refused_with_a_sentence() -> None:
    with pytest.raises(MiniStackError, match="does not report exceptions as localaws expects"):
        errors._naming("print('another')")
