"""Tasks of state machines: what is known of the one that runs, its events, its limits in time, and its end by a stop.

MiniStack's history names a Task's resource as its ARN, without its parameters. AWS says which service and API was
called, with what, and when it had begun. MiniStack reads no TimeoutSecondsPath and no HeartbeatSeconds, and goes on to
a Retry and to the states of a Parallel where the execution was stopped in between.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ministack.services import stepfunctions

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.ministack_patches.step_functions.integrations import Integration, find_integration

Document = dict[str, Any]
Function = Callable[..., Any]

ABORTED, RESTARTED = "Execution.Aborted", "States.ServiceRestart"
"""Errors that nothing catches: the execution has ended already, or ends with the local AWS."""
_PERIOD = 0.1  # seconds between two looks at what a callback waits for


@dataclass
class Task:
    """A Task that runs in this thread."""

    state: Document
    execution: Document
    context: Document
    parameters: Any = None

    @property
    def integration(self) -> Integration | None:
        """The service integration that it calls."""
        return find_integration(self.state.get("Resource"))

    @property
    def stopped(self) -> bool:
        """Whether the execution has ended meanwhile."""
        return is_stopped(self.execution)


current: ContextVar[Task | None] = ContextVar("task", default=None)


def is_stopped(execution: Document) -> bool:
    """Whether an execution, or the map run that it is a child of, was ended from outside."""
    return bool(execution.get("aborted")) or execution.get("status", "RUNNING") != "RUNNING"


def aborted() -> Exception:
    """What ends a state of an execution that was stopped."""
    error: Exception = stepfunctions._ExecutionError(ABORTED, "The execution was stopped.")
    return error


def patch(_: Aws) -> Patch:
    """Remember what runs, write its events as AWS does, and end it where the execution has ended."""
    return Patch(
        replaces={
            stepfunctions: {
                "_add_event": _naming,
                "_apply_jsonata_arguments": _noting,
                "_apply_parameters": _noting,
                "_error_matches": _excepting,
                "_execute_task": _remembering,
                "_fail_execution": _once,
                "_find_matching_retrier": _without_retry,  # which takes its retrier away from who was stopped
                "_invoke_with_callback": _watching,
            }
        },
        reads={
            stepfunctions: ("_ExecutionError", "_resolve_path_or_ctx", "_task_tokens", "get_region"),
        },
        after=("step_functions.limits", "step_functions.paths"),
    )


def _remembering(execute: Function) -> Function:
    def execute_and_remember(state: Document, raw: Any, execution: Document, context: Document) -> Any:  # noqa: ANN401
        if is_stopped(execution):
            raise aborted()
        timed = {**state, **_read_times(state, raw, context)}
        token = current.set(Task(timed, execution, context))
        try:
            return execute(timed, raw, execution, context)
        finally:
            current.reset(token)

    return execute_and_remember


def _read_times(state: Document, raw: Any, context: Document) -> Document:  # noqa: ANN401
    return {
        name: stepfunctions._resolve_path_or_ctx(state[f"{name}Path"], raw, context)
        for name in ("TimeoutSeconds", "HeartbeatSeconds")
        if f"{name}Path" in state
    }


def _noting(apply: Function) -> Function:
    def apply_and_note(*given: Any, **more: Any) -> Any:  # noqa: ANN401
        found = apply(*given, **more)
        task = current.get()
        if task is not None:
            task.parameters = found
        return found

    return apply_and_note


def _once(fail: Function) -> Function:
    def fail_once(execution: Document, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    return fail_once


def _excepting(matches: Callable[[list[str], str], bool]) -> Callable[[list[str], str], bool]:
    return lambda named, error: error not in (ABORTED, RESTARTED) and matches(named, error)


def _without_retry(find: Callable[..., tuple[Any, int]]) -> Callable[..., tuple[Any, int]]:
    def find_unless_stopped(*asked: Any) -> tuple[Any, int]:  # noqa: ANN401
        retrier, index = find(*asked)
        task = current.get()
        return (None if task is not None and task.stopped else retrier), index

    return find_unless_stopped


def _naming(add: Function) -> Function:
    def add_named(execution: Document, kind: str, details: Document | None = None) -> Any:  # noqa: ANN401
        task = current.get()
        if task is None or not kind.startswith("Task") or task.execution is not execution:
            return add(execution, kind, details)
        if task.stopped:
            return None
        integration = task.integration
        if integration is None or details is None:
            return add(execution, kind, details)
        said = {"resourceType": integration.kind, "resource": integration.name}
        [(member, given)] = details.items()
        if kind == "TaskFailed" and given["error"] == "States.Timeout":
            kind, member = "TaskTimedOut", "taskTimedOutEventDetails"
        added = add(
            execution, kind, {member: {**given, **said, **(_scheduled(task) if kind == "TaskScheduled" else {})}}
        )
        if kind == "TaskScheduled":
            add(execution, "TaskStarted", {"taskStartedEventDetails": said})
        return added

    return add_named


def _scheduled(task: Task) -> Document:
    times = {"TimeoutSeconds": "timeoutInSeconds", "HeartbeatSeconds": "heartbeatInSeconds"}
    named = {times[name]: task.state[name] for name in times if name in task.state}
    return {"region": stepfunctions.get_region(), "parameters": json.dumps(task.parameters), **named}


@dataclass
class _Watch:
    """Ends the wait for a task token whose heartbeat is late, or whose execution was stopped."""

    token: str
    task: Task
    ended: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        threading.Thread(target=self._look, name="task-token", daemon=True).start()

    def _look(self) -> None:
        allowed = self.task.state.get("HeartbeatSeconds")
        heard, last = time.monotonic(), None
        while not self.ended.wait(_PERIOD):
            waiting = stepfunctions._task_tokens.get(self.token)
            if waiting is None:
                continue
            if waiting["heartbeat"] != last:
                heard, last = time.monotonic(), waiting["heartbeat"]
            late = allowed is not None and time.monotonic() - heard > float(allowed)
            if late or self.task.stopped:
                error = ABORTED if self.task.stopped else "States.HeartbeatTimeout"
                waiting["error"] = {"Error": error, "Cause": "" if late else "The execution was stopped."}
                waiting["event"].set()
                return


def _watching(invoke: Function) -> Function:
    def invoke_and_watch(resource: str, given: Any, token: str, state: Document) -> Any:  # noqa: ANN401
        task = current.get()
        if task is None:
            return invoke(resource, given, token, state)
        watch = _Watch(token, task)
        watch.begin()
        try:
            return invoke(resource, given, token, state)
        finally:
            watch.ended.set()

    return invoke_and_watch
