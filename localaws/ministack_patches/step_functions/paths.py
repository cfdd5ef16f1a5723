"""Paths that lead nowhere, and data that is too large: AWS fails the execution, where MiniStack goes on with null.

A reference path must find something in Parameters, ResultSelector, InputPath, OutputPath, ItemsPath and a Choice's
Variable, unless the rule asks whether it is there; a place beyond a list's end is left null, as AWS does not say.
What a Task answers and what a state gives on has at most 256 KiB, as an execution's input, which is JSON. Neither error
is one that States.ALL or States.TaskFailed stands for.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Document = dict[str, Any]

MOST_BYTES = 256 * 1024
_TERMINAL = ("States.Runtime", "States.DataLimitExceeded")


def patch(_: Aws) -> Patch:
    """Fail what AWS fails."""
    return Patch(
        replaces={
            stepfunctions: {
                "_resolve_path": _finding,
                "_evaluate_rule": _asking,
                "_apply_jsonata_output": _measuring_output,
                "_apply_output_path": _measuring,
                "_apply_result_selector": _measuring_result,
                "_error_matches": _excepting,
                "_start_execution": _reading,
                "_start_sync_execution": _reading,
            }
        },
        reads={
            stepfunctions: ("_ExecutionError", "_parse_jsonpath_tokens", "_resolve_path_or_ctx", "error_response_json")
        },
        after=("step_functions.limits",),
    )


def _finding(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def find(path: str, data: Any) -> Any:  # noqa: ANN401 - JSON of any type
        found = resolve(path, data)
        if found is None and not _leads(path, data):
            sentence = f"The JSONPath {path!r} could not be found in the input {json.dumps(data)[:1000]!r}"
            raise stepfunctions._ExecutionError("States.Runtime", sentence)
        return found

    return find


def _leads(path: str, data: Any) -> bool:  # noqa: ANN401
    """Whether a path of names and places leads somewhere; one of wildcards or filters always does."""
    tokens = stepfunctions._parse_jsonpath_tokens(path) if path.startswith("$") and path != "$" else []
    for kind, name in tokens or []:
        if kind == "field":
            if not isinstance(data, dict) or name not in data:
                return False
            data = data[name]
        elif kind == "index" and isinstance(data, list):
            data = data[name] if name < len(data) else None
        else:
            return kind != "index"
    return True


def _asking(evaluate: Callable[..., bool]) -> Callable[..., bool]:
    def ask(rule: Document, data: Any, ctx: Any = None) -> bool:  # noqa: ANN401
        if "IsPresent" not in rule or "Variable" not in rule:
            return evaluate(rule, data, ctx)
        try:
            stepfunctions._resolve_path_or_ctx(rule["Variable"], data, ctx)
        except stepfunctions._ExecutionError:
            return not rule["IsPresent"]
        return bool(rule["IsPresent"])

    return ask


def _measuring(apply: Callable[..., Any]) -> Callable[..., Any]:
    def apply_and_measure(state: Document, data: Any, ctx: Any = None) -> Any:  # noqa: ANN401
        return _measure(apply(state, data, ctx), state, ctx)

    return apply_and_measure


def _measuring_result(select: Callable[..., Any]) -> Callable[..., Any]:
    def measure_and_select(state: Document, result: Any) -> Any:  # noqa: ANN401
        return select(state, _measure(result, state, None) if state.get("Type") == "Task" else result)

    return measure_and_select


def _measuring_output(apply: Callable[..., Any]) -> Callable[..., Any]:
    def measure_both(state: Document, raw: Any, ctx: Any = None, result: Any = None, **more: Any) -> Any:  # noqa: ANN401
        return _measure(apply(state, raw, ctx, result=_measure(result, state, ctx), **more), state, ctx)

    return measure_both


def _measure(found: Any, state: Document, ctx: Any) -> Any:  # noqa: ANN401
    if _size(found) > MOST_BYTES:
        name = ((ctx or {}).get("State") or {}).get("Name") or state.get("Resource", state.get("Type", ""))
        raise stepfunctions._ExecutionError(
            "States.DataLimitExceeded",
            f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service "
            "limit.",
        )
    return found


def _size(found: Any) -> int:  # noqa: ANN401
    return len(json.dumps(found, ensure_ascii=False).encode())


def _reading(start: Callable[[Document], Any]) -> Callable[[Document], Any]:
    def read_and_start(request: Document) -> Any:  # noqa: ANN401 - MiniStack's answer
        given = request.get("input", "{}")
        if isinstance(given, str) and len(given.encode()) > MOST_BYTES:
            words = (
                "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length "
                f"less than or equal to {MOST_BYTES}"
            )
            return stepfunctions.error_response_json("ValidationException", words, 400)
        try:
            json.loads(given)
        except (ValueError, TypeError, RecursionError) as error:
            words = f"Invalid State Machine Execution Input: '{error}'"
            return stepfunctions.error_response_json("InvalidExecutionInput", words, 400)
        return start(request)

    return read_and_start


def _excepting(matches: Callable[[list[str], str], bool]) -> Callable[[list[str], str], bool]:
    return lambda named, error: error in named if error in _TERMINAL else matches(named, error)
