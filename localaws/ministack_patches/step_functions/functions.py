"""`lambda:invoke` with all members of its request: MiniStack calls the newest version and waits, whatever is asked for.

The answer has the version that answered; without a Payload the event is an empty object.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc, stepfunctions

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.ministack_patches.step_functions.integrations import find_integration

Document = dict[str, Any]
Function = Callable[..., Any]

_STATUSES = {"RequestResponse": 200, "Event": 202, "DryRun": 204}


def patch(_: Aws) -> Patch:
    """Call the version, and in the way, that a Task asks for."""
    return Patch(
        replaces={stepfunctions: {"_invoke_resource": _calling, "_call_lambda": _queueing}},
        reads={
            lambda_svc: ("_execution_record_for_config", "_get_func_record_for_ref", "invoke_async_with_retry"),
            stepfunctions: ("_ExecutionError",),
        },
        # Which asks the role before this queues a call.
        after=("lambda_.errors",),
    )


class _Queued:
    """An event whose function is not waited for."""

    def __init__(self, kind: str, event: Any) -> None:  # noqa: ANN401 - JSON of any type
        self.kind = kind
        self.event = event


def _calling(invoke: Function) -> Function:
    def invoke_as_asked(resource: str, given: Any) -> Any:  # noqa: ANN401
        integration = find_integration(resource)
        if integration is None or integration.sdk or integration.service != "lambda":
            return invoke(resource, given)
        kind = given.get("InvocationType", "RequestResponse")
        if kind not in _STATUSES:
            raise stepfunctions._ExecutionError(
                "Lambda.AWSLambdaException",
                f"1 validation error detected: Value '{kind}' at 'invocationType' failed to satisfy constraint: Member "
                f"must satisfy enum value set: [{', '.join(sorted(_STATUSES))}]",
            )
        named = ":".join(str(given[name]) for name in ("FunctionName", "Qualifier") if given.get(name))
        event = given.get("Payload", {})
        waited = kind == "RequestResponse"
        asked = {**given, "FunctionName": named, "Payload": event if waited else _Queued(kind, event)}
        answer: Document = invoke(resource, asked)
        return {
            "ExecutedVersion": _version(named),
            **answer,
            "SdkHttpMetadata": {"HttpStatusCode": _STATUSES[kind]},
            "SdkResponseMetadata": {"RequestId": str(uuid.uuid4())},
            "StatusCode": _STATUSES[kind],
        }

    return invoke_as_asked


def _version(name: str) -> str:
    _, config, _ = lambda_svc._get_func_record_for_ref(name)
    return str((config or {}).get("Version", "$LATEST"))


def _queueing(call: Function) -> Function:
    def call_or_queue(name: str, event: Any) -> Any:  # noqa: ANN401
        if not isinstance(event, _Queued):
            return call(name, event)
        function, config, bare = lambda_svc._get_func_record_for_ref(name)
        if not function or not config:
            raise stepfunctions._ExecutionError("Lambda.ResourceNotFoundException", f"Function not found: {bare}")
        if event.kind == "Event":
            record = lambda_svc._execution_record_for_config(function, config)
            lambda_svc.invoke_async_with_retry(record, event.event)
        return ""

    return call_or_queue
