"""A stopped execution stops the children of its maps; MiniStack lets them run on to an end of their own."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from localaws.ministack import replace

Document = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

_current: ContextVar[Document | None] = ContextVar("current", default=None)
_MARK = "aborted"


def apply() -> None:
    """Let StopExecution reach the children, and keep a child that was stopped from going on."""
    from ministack.services import stepfunctions  # noqa: PLC0415 - after configure()

    replace(stepfunctions, "_stop_execution", _stopping)
    replace(stepfunctions, "_execute_task", _minding)
    replace(stepfunctions, "_find_matching_retrier", _giving_up)


def stop_children(execution: Document, map_run: Document) -> None:
    """Stop those of a map run's children that run; workflow_roles asks the machine's role before."""
    from ministack.services import stepfunctions as sfn  # noqa: PLC0415

    for child in list(sfn._executions.values()):
        if child.get("mapRunArn") == map_run["mapRunArn"] and child["status"] == "RUNNING":
            child.update({"status": "ABORTED", "stopDate": execution["stopDate"], _MARK: True})
    map_run.update(status="ABORTED", stopDate=execution["stopDate"])


def end(map_run: Document, children: list[Document]) -> None:
    """Call a stopped run and its children what they are, when all that was under way has returned."""
    for child in children:
        if child.pop(_MARK, False):
            child.update(status="ABORTED", output=None)
    map_run["status"] = "ABORTED"


def _stopping(stop: Callable[[Document], Answer]) -> Callable[[Document], Answer]:
    def stop_execution(request: Document) -> Answer:
        from ministack.services import stepfunctions as sfn  # noqa: PLC0415

        answer = stop(request)
        execution = sfn._executions.get(request.get("executionArn")) or {}
        if execution.get("status") == "ABORTED":
            for map_run in list(sfn._map_runs.values()):
                if map_run["executionArn"] == execution["executionArn"] and map_run["status"] == "RUNNING":
                    stop_children(execution, map_run)
        return answer

    return stop_execution


def _minding(execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_unless_stopped(state: Document, raw: object, execution: Document, context: Document) -> Any:  # noqa: ANN401
        from ministack.services import stepfunctions as sfn  # noqa: PLC0415

        if execution.get(_MARK):
            raise sfn._ExecutionError("States.TaskFailed", "The execution was stopped.")
        _current.set(execution)
        return execute(state, raw, execution, context)

    return execute_unless_stopped


def _giving_up(find: Callable[..., tuple[Any, int]]) -> Callable[..., tuple[Any, int]]:
    def find_unless_stopped(*asked: Any) -> tuple[Any, int]:  # noqa: ANN401
        retrier, index = find(*asked)
        return (None if (_current.get() or {}).get(_MARK) else retrier), index

    return find_unless_stopped
