"""Errors of functions by their names: MiniStack calls all Runtime.HandlerError, so that no Retry or Catch matches.

On AWS the errorType is the exception's class name, of a broken module or an answer that is no JSON the runtime's own;
the process that raised stays warm, one that was ended from outside is a Runtime.ExitError, and a throttled call is
Lambda.TooManyRequestsException. An event that is no JSON is refused before anything is called.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

from localaws.aws import Aws
from localaws.ministack.configuration import MiniStackError
from localaws.ministack.patching import Patch
from localaws.ministack_patches.lambda_ import runtime_client

Document = dict[str, Any]

_raised: ContextVar[Document | None] = ContextVar("raised", default=None)
_SOURCE = Path(runtime_client.__file__).read_text(encoding="utf-8")
_IMPORT = "importlib.import_module(module_name)"
_BEGINNING = "import sys, json, importlib, traceback, os, time\n"
_ANSWER = 'json.dumps({"status": "ok", "result": result})'
_BROKEN = '_real_stdout.write(json.dumps({"status": "error", "error": str(e)})'
_INIT_FAILED = "Worker init failed: "
_REPORT = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
# Reported as an answer: MiniStack kills a process that reports an error.
_NAMED = (
    '{"status": "ok", "raised": {"errorMessage": str(e), "errorType": getattr(e, "kind", type(e).__name__),'
    ' "stackTrace": [] if isinstance(e, Fault) else traceback.format_tb(e.__traceback__)}}'
)


def patch(_: Aws) -> Patch:
    """Let the process of a function report the class of what it raised, and pass it on to the caller."""
    return Patch(
        replaces={
            lambda_runtime: {"_PYTHON_WORKER_SCRIPT": _naming, "Worker.invoke": _remembering},
            lambda_svc: {"_execute_function_warm": _answering, "handle_request": _reading_json},
            stepfunctions: {"_call_lambda": _throttling},
        },
        reads={stepfunctions: ("_ExecutionError",)},
    )


def _naming(script: str) -> str:
    """Put the runtime client into the worker, and let it write answers and name faults."""
    for words, others in (
        (_BEGINNING, _BEGINNING + _SOURCE.replace("from __future__ import annotations\n", "")),
        (_IMPORT, "load(module_name)"),
        (_ANSWER, 'json.dumps({"status": "ok", "result": plain(result)})'),
        (_BROKEN, _BROKEN.replace("str(e)", "json.dumps(fault_of(e, module_name, handler_name))")),
        (_REPORT, _NAMED),
    ):
        if script.count(words) != 1:
            raise MiniStackError("MiniStack's Python worker does not report exceptions as localaws expects.")
        script = script.replace(words, others)
    return script


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
        raised = _raised.get() or _broken(result)
        if raised is None and result.get("error") and _died(result["body"]):
            return {**result, "body": {**result["body"], "errorType": "Runtime.ExitError"}}
        return result if raised is None else {**result, "body": raised}

    return execute_and_answer


def _broken(result: Document) -> Document | None:
    """The fault of a function whose process could not begin."""
    words = result["body"].get("errorMessage", "") if result.get("error") else ""
    found = str(words).removeprefix(_INIT_FAILED)
    if found == words or not found.startswith("{"):
        return None
    fault: Document = json.loads(found)
    return fault


def _died(body: Document) -> bool:
    """Whether the process was ended from outside: while it started, found so at its answer, or at the write to it."""
    return body["errorMessage"].strip() in (
        "Worker process exited immediately. stderr:",
        "Worker process died",
        "[Errno 32] Broken pipe",
    )


def _reading_json(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Refuse an event that is no JSON, for which MiniStack calls the function with an empty one."""

    async def read_and_handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:  # noqa: ANN401
        if method == "POST" and path.rstrip("/").endswith("/invocations") and body:
            try:
                json.loads(body)
            except ValueError as error:
                words = f"Could not parse request body into json: {error}"
                answer = {"Type": "User", "message": words, "__type": "InvalidRequestContentException"}
                kind = {"Content-Type": "application/json", "x-amzn-errortype": "InvalidRequestContentException"}
                return 400, kind, json.dumps(answer).encode()
        return await handle(method, path, headers, body, query)

    return read_and_handle


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
