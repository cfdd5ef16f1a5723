"""Starting an execution twice under one name: MiniStack refuses the second in any case.

On AWS StartExecution of a standard workflow is idempotent: with the same input it answers the execution that runs under
the name, and refuses only where that has ended or has another input.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from localaws.ministack import replace

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]


def apply() -> None:
    """Let a caller whose answer was lost ask again."""
    from ministack.services import stepfunctions  # noqa: PLC0415 - after configure()

    replace(stepfunctions, "_start_execution", _starting)


def _starting(start: Callable[[Document], Response]) -> Callable[[Document], Response]:
    def start_once(data: Document) -> Response:
        response = start(data)
        if response[0] == 400 and json.loads(response[2])["__type"] == "ExecutionAlreadyExists":
            return _running(data) or response
        return response

    return start_once


def _running(data: Document) -> Response | None:
    """The answer about the execution that runs under the name with this input; None where there is none."""
    from ministack.services import stepfunctions  # noqa: PLC0415

    machine = stepfunctions._resolve_state_machine_arn(data["stateMachineArn"])
    for execution in stepfunctions._executions.values():
        if (execution["stateMachineArn"], execution["name"]) == (machine, data["name"]):
            same = execution["status"] == "RUNNING" and execution["input"] == data.get("input", "{}")
            began = {"executionArn": execution["executionArn"], "startDate": execution["startDate"]}
            response: Response = stepfunctions.json_response(began)
            return response if same else None
    return None
