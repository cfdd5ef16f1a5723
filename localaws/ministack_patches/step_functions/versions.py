"""Versions and aliases of state machines: MiniStack resolves them, and then runs the newest definition all the same.

On AWS an execution runs the definition that it was started with: that of the version named, of a version chosen by the
alias's weights, or the machine's own at that moment; and that is the one that DescribeStateMachineForExecution answers,
also after an update.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.services import stepfunctions

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Operation = Callable[[Document], Response]

_EARLIER, _REVISION = "_earlier", "_revision"
_KEPT_REVISIONS = 100

_running: ContextVar[Document | None] = ContextVar("running", default=None)


@dataclass(frozen=True)
class Route:
    """What an ARN leads to: a machine's record with the definition to run, and how it was found."""

    machine: Document
    revision: str
    version: str | None = None
    alias: str | None = None

    @property
    def named(self) -> Document:
        """What descriptions of the execution say more of, as AWS's do."""
        pairs = {"stateMachineVersionArn": self.version, "stateMachineAliasArn": self.alias}
        return {name: arn for name, arn in pairs.items() if arn}


def patch(_: Aws) -> Patch:
    """Let executions run what their ARN named, and say so when they are described."""
    return Patch(
        replaces={
            stepfunctions: {
                "_SM_INTERNAL_KEYS": lambda keys: keys | {_EARLIER},
                "_describe_execution": _describing,
                "_describe_state_machine_for_execution": _describing_machine,
                "_start_execution": _starting,
                "_start_sync_execution": _starting,
                "_state_machines": _with_running,
                "_update_state_machine": _keeping,
            }
        },
        reads={stepfunctions: ("_executions", "_state_machine_aliases", "_state_machine_versions")},
        after=("step_functions.paths",),
    )


def _with_running(machines: Any) -> Any:  # noqa: ANN401 - a class of MiniStack's
    """The same store, which answers the definition that is pinned in the thread of an execution."""

    class Machines(type(machines)):  # type: ignore[misc] # known only at run time
        def get(self, arn: str, default: Document | None = None) -> Document | None:
            running = _running.get()
            if running is not None and running["stateMachineArn"] == arn:
                return running
            stored: Document | None = super().get(arn, default)
            return stored

    replaced = Machines()
    replaced.update(machines)
    return replaced


def _starting(start: Operation) -> Operation:
    def start_routed(data: Document) -> Response:
        route = _route(data.get("stateMachineArn", ""))
        if route is None:
            return start(data)
        # The execution's thread copies this context, and so keeps what it runs.
        token = _running.set(route.machine)
        try:
            response = start({**data, "stateMachineArn": route.machine["stateMachineArn"]})
        finally:
            _running.reset(token)
        _note(response, route)
        return response

    return start_routed


def _describing(describe: Operation) -> Operation:
    def describe_named(data: Document) -> Response:
        status, headers, body = describe(data)
        execution = stepfunctions._executions.get(data.get("executionArn")) or {}
        named = execution.get("_named")
        return (
            (status, headers, json.dumps({**json.loads(body), **named}).encode()) if named else (status, headers, body)
        )

    return describe_named


def _keeping(update: Operation) -> Operation:
    """Keep what a machine was before its update, for the descriptions of executions that began with it."""

    def keep_and_update(data: Document) -> Response:
        machine: Document = stepfunctions._state_machines.get(data.get("stateMachineArn")) or {}
        before = dict(machine)
        response = update(data)
        if machine.get("revisionId") != before.get("revisionId"):
            revision = {name: before[name] for name in ("revisionId", "definition", "roleArn")}
            machine[_EARLIER] = [*before.get(_EARLIER, ()), revision][-_KEPT_REVISIONS:]
        return response

    return keep_and_update


def _describing_machine(describe: Operation) -> Operation:
    def describe_as_it_began(data: Document) -> Response:
        token = _running.set(_as_it_began(stepfunctions._executions.get(data.get("executionArn")) or {}))
        try:
            return describe(data)
        finally:
            _running.reset(token)

    return describe_as_it_began


def _as_it_began(execution: Document) -> Document | None:
    """The machine as an execution runs it; None where it is gone."""
    machine: Document | None = stepfunctions._state_machines.get(execution.get("stateMachineArn"))
    if machine is None:
        return None
    version = (execution.get("_named") or {}).get("stateMachineVersionArn")
    earlier = {revision["revisionId"]: revision for revision in machine.get(_EARLIER, ())}
    began = stepfunctions._state_machine_versions.get(version) or earlier.get(execution.get(_REVISION)) or {}
    return {**machine, **{name: began[name] for name in ("definition", "roleArn") if name in began}}


def _route(arn: str) -> Route | None:
    if arn in stepfunctions._state_machines:
        machine = dict(stepfunctions._state_machines[arn])
        return Route(machine, machine.get("revisionId", ""))
    alias = stepfunctions._state_machine_aliases.get(arn)
    version_arn = _choose(alias["routingConfiguration"]) if alias else arn
    version = stepfunctions._state_machine_versions.get(version_arn)
    if version is None or version["stateMachineArn"] not in stepfunctions._state_machines:
        return None
    machine = stepfunctions._state_machines[version["stateMachineArn"]]
    pinned = {name: version[name] for name in ("definition", "roleArn", "type", "loggingConfiguration")}
    return Route({**machine, **pinned}, version["stateMachineRevisionId"], version_arn, arn if alias else None)


def _choose(routing: list[Document]) -> str:
    weights = [entry["weight"] for entry in routing]
    chosen: str = random.choices(routing, weights)[0]["stateMachineVersionArn"]  # noqa: S311 - traffic, not a secret
    return chosen


def _note(response: Response, route: Route) -> None:
    if response[0] == 200:
        execution = stepfunctions._executions[json.loads(response[2])["executionArn"]]
        execution[_REVISION] = route.revision
        if route.named:
            execution["_named"] = route.named
