"""Errors of functions by their names: MiniStack calls all Runtime.HandlerError, so that no Retry or Catch matches.

On AWS the errorType is the exception's class name, the process that raised stays warm, one that was ended from
outside is a Runtime.ExitError, and a throttled call is Lambda.TooManyRequestsException.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

from localaws.aws import Aws
from localaws.ministack.configuration import MiniStackError
from localaws.ministack.patching import Patch

Document = dict[str, Any]

_raised: ContextVar[Document | None] = ContextVar("raised", default=None)
_REPORT = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
# Reported as an answer: MiniStack kills a process that reports an error.
_NAMED = (
    '{"status": "ok", "raised": {"errorMessage": str(e), "errorType": type(e).__name__,'
    ' "stackTrace": traceback.format_tb(e.__traceback__)}}'
)


def patch(_: Aws) -> Patch:
    """Let the process of a function report the class of what it raised, and pass it on to the caller."""
    return Patch(
        replaces={
            lambda_runtime: {"_PYTHON_WORKER_SCRIPT": _naming, "Worker.invoke": _remembering},
            lambda_svc: {"_execute_function_warm": _answering},
            stepfunctions: {"_call_lambda": _throttling},
        },
        reads={stepfunctions: ("_ExecutionError",)},
    )


def _naming(script: str) -> str:
    if script.count(_REPORT) != 1:
        raise MiniStackError("MiniStack's Python worker does not report exceptions as localaws expects.")
    return script.replace(_REPORT, _NAMED)


def _remembering(invoke: Callable[..., Document]) -> Callable[..., Document]:
    def invoke_and_remember(*args: object, **options: object) -> Document:
        answer = invoke(*args, **options)
        raised = answer.get("raised")
        _raised.set(raised)
        if raised is None:
            return answer
        trace = "".join([*raised["stackTrace"], f"{raised['errorType']}: {raised['errorMessage']}"])
        return {**answer, "status": "error", "error": raised["errorMessage"], "trace": trace}

    return invoke_and_remember


def _answering(execute: Callable[..., Document]) -> Callable[..., Document]:
    def execute_and_answer(*args: object) -> Document:
        _raised.set(None)
        result = execute(*args)
        raised = _raised.get()
        if raised is None and result.get("error") and _died(result["body"]):
            return {**result, "body": {**result["body"], "errorType": "Runtime.ExitError"}}
        return result if raised is None else {**result, "body": raised}

    return execute_and_answer


def _died(body: Document) -> bool:
    """Whether the process was ended from outside: while it started, found so at its answer, or at the write to it."""
    return body["errorMessage"].strip() in (
        "Worker process exited immediately. stderr:",
        "Worker process died",
        "[Errno 32] Broken pipe",
    )


def _throttling(call: Callable[..., Any]) -> Callable[..., Any]:
    def call_and_name(*args: object) -> object:
        try:
            return call(*args)
        except stepfunctions._ExecutionError as error:
            if error.error == "Lambda.Unknown" and "TooManyRequestsException" in error.cause:
                sentence = json.loads(error.cause)["message"]
                raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", sentence) from error
            raise

    return call_and_name
