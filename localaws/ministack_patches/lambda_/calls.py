"""Asynchronous calls of functions: kept until they have ended, tried again, and given up to the function's destination.

MiniStack's EventBridge calls a function once, whatever comes of it, and what was handed to Lambda is lost with the
process. AWS keeps an event until the function has taken it, or all attempts have failed.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, lambda_svc

from localaws.aws import Aws
from localaws.ministack import saving
from localaws.ministack.patching import Patch
from localaws.store import Store, StoreError, retry_until_stored

logger = logging.getLogger(__name__)

KIND = "function-call"
_RETRIES = 2  # AWS's, where the function's EventInvokeConfig names no others

Document = dict[str, Any]


class Calls:
    """Takes calls, and carries each out in a thread of its own."""

    def __init__(self, store: Store, stopping: threading.Event) -> None:
        self._store = store
        self._stopping = stopping

    def take(self, function: str, event: Any) -> None:  # noqa: ANN401 - JSON of any type
        """Keep a call of a function (its ARN), and begin it; once this returns, a crash does not lose it."""
        call = {"Key": f"{time.time_ns():020}-{secrets.token_hex(4)}", "Function": function, "Event": event}
        try:
            self._store.put(KIND, call["Key"], call)
        except StoreError as error:
            logger.warning("A call of %s is lost if this process ends before it: %s", function, error)
        self._begin(call)

    def resume(self) -> None:
        """Begin what an earlier process had taken and not ended."""
        for call in self._store.all(KIND):
            self._begin(call)

    def _begin(self, call: Document) -> None:
        threading.Thread(target=self._carry_out, args=(call,), name="function-call", daemon=True).start()

    def _carry_out(self, call: Document) -> None:
        if _ended(call["Function"], call["Event"], self._stopping):
            retry_until_stored(lambda: self._store.delete(KIND, call["Key"]))


def patch(aws: Aws) -> Patch:
    """Let EventBridge's rules, S3's notifications and clients' calls of type Event go this way."""
    calls = Calls(aws.store, aws.stopping)
    return Patch(
        replaces={
            eventbridge: {"_dispatch_to_lambda": lambda _: lambda arn, payload: calls.take(arn, _decoded(payload))},
            lambda_svc: {
                "invoke_async_with_retry": lambda _: lambda function, event: calls.take(_arn(function), event)
            },
        },
        reads={
            lambda_svc: (
                *("_LAMBDA_ASYNC_RETRY_BASE_SECONDS", "_execute_function_with_config_scope"),
                *("_execution_record_for_config", "_get_func_record_for_ref", "_route_async_failure"),
                "_run_with_function_config_scope",
            )
        },
        resume=calls.resume,
    )


def _decoded(payload: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(payload)
    except ValueError:
        return {"body": payload}


def _arn(function: Document) -> str:
    return str((function.get("config") or function)["FunctionArn"])


def _ended(arn: str, event: Any, stopping: threading.Event) -> bool:  # noqa: ANN401
    """Call a function until it answers or all attempts have failed; False where the local AWS stops before that."""
    found, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not found or not config:
        logger.warning("The function %s was to be called and does not exist.", arn)
        return True
    function = lambda_svc._execution_record_for_config(found, config)
    choices = _choices(function)
    execute: Callable[..., Document] = lambda_svc._execute_function_with_config_scope
    for attempt in range(choices.get("MaximumRetryAttempts", _RETRIES) + 1):
        if attempt and stopping.wait(lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS * 2 ** (attempt - 1)):
            return False
        result = execute(function, event)
        if not result.get("error"):
            return True
    # A function that failed because the local AWS ends is called again by the next one.
    if stopping.is_set():
        return False
    _give_up(choices, config, name, event, result)
    return True


def _choices(function: Document) -> Document:
    """The function's EventInvokeConfig."""
    chosen: Document = function.get("event_invoke_config") or {}
    return chosen or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}


def _give_up(choices: Document, config: Document, name: str, event: Any, result: Document) -> None:  # noqa: ANN401
    on_failure = (choices.get("DestinationConfig") or {}).get("OnFailure") or {}
    target = on_failure.get("Destination") or (config.get("DeadLetterConfig") or {}).get("TargetArn")
    if target:
        lambda_svc._run_with_function_config_scope(config, lambda_svc._route_async_failure, target, name, event, result)
        # The queue's message must be on disk before the call is forgotten.
        retry_until_stored(lambda: saving.save("sqs"))
