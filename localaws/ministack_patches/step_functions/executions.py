"""Starting executions: idempotent, and kept in a journal before the answer.

MiniStack refuses a second start under one name in any case. On AWS StartExecution of a standard workflow answers the
execution that runs under the name with the same input, and refuses only where that has ended or has another input.

On AWS an execution whose start was answered is there, whatever happens then. MiniStack's state, which is saved every
second, may lack it after a crash; the journal does not, and at the next start the execution has failed, as one that was
running has, and its caller can see so.

MiniStack lets an execution wait before its first state, longer than most workflows take: here it begins at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from ministack import app
from ministack.services import stepfunctions as sfn

from localaws.aws import Aws
from localaws.ministack import scope
from localaws.ministack.patching import Patch
from localaws.store import Store, StoreError

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]


def patch(aws: Aws) -> Patch:
    """Let a caller whose answer was lost ask again, and put back before the port answers what a crash has cost."""
    journal = Journal(aws.store)
    return Patch(
        replaces={
            app: {"_load_persisted_state": lambda load: _loading(load, journal)},
            sfn: {
                "_start_execution": lambda start: _recording(_starting(start), journal),
                "_run_execution": _beginning,
                "time": Time,
            },
        },
        reads={sfn: ("_default_encryption", "_executions", "_resolve_state_machine_arn", "json_response", "now_iso")},
        # Which would choose a version anew for an execution that runs already.
        after=("step_functions.versions",),
    )


def _starting(start: Callable[[Document], Response]) -> Callable[[Document], Response]:
    def start_once(data: Document) -> Response:
        response = start(data)
        if response[0] == 400 and json.loads(response[2])["__type"] == "ExecutionAlreadyExists":
            return _running(data) or response
        return response

    return start_once


def _running(data: Document) -> Response | None:
    """The answer about the execution that runs under the name with this input; None where there is none."""
    machine = sfn._resolve_state_machine_arn(data["stateMachineArn"])
    for execution in sfn._executions.values():
        if (execution["stateMachineArn"], execution["name"]) == (machine, data["name"]):
            same = execution["status"] == "RUNNING" and execution["input"] == data.get("input", "{}")
            began = {"executionArn": execution["executionArn"], "startDate": execution["startDate"]}
            response: Response = sfn.json_response(began)
            return response if same else None
    return None


_WAIT = 0.15  # seconds
_begins: ContextVar[bool] = ContextVar("begins", default=False)


def _beginning(run: Callable[[str], None]) -> Callable[[str], None]:
    def run_at_once(arn: str) -> None:
        token = _begins.set(True)
        try:
            run(arn)
        finally:
            _begins.reset(token)

    return run_at_once


class Time:
    """MiniStack's `time`, which passes over the wait before an execution's first state, and no other."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._module, name)

    def sleep(self, seconds: float) -> None:
        """Sleep, but for the one wait."""
        if _begins.get():
            _begins.set(False)
            if seconds == _WAIT:
                return
        self._module.sleep(seconds)


logger = logging.getLogger(__name__)

KIND = "execution-begun"
_KEPT = ("executionArn", "stateMachineArn", "name", "startDate", "input", "inputDetails", "_named", "_revision")


class Journal:
    """Executions that the saved state may lack."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, execution: Document) -> None:
        """Record an execution that has started."""
        kept = {name: execution[name] for name in _KEPT if name in execution}
        try:
            self._store.put(KIND, execution["executionArn"], kept)
        except StoreError as error:
            logger.warning("%s is forgotten if this process ends in a moment: %s", execution["executionArn"], error)

    def save(self, save: Callable[[], None]) -> None:
        """Save MiniStack's state; what was started before needs no record any more."""
        recorded = [execution["executionArn"] for execution in self._store.all(KIND)]
        save()
        for arn in recorded:
            self._store.delete(KIND, arn)

    def restore(self) -> None:
        """Put back what the saved state lacks, as failed."""
        for execution in self._store.all(KIND):
            with scope.of_arn(execution["executionArn"]):
                if execution["executionArn"] not in sfn._executions:
                    sfn._executions[execution["executionArn"]] = _failed(execution)


def _loading(load: Callable[[], None], journal: Journal) -> Callable[[], None]:
    def load_and_restore() -> None:
        load()
        journal.restore()

    return load_and_restore


def _recording(start: Callable[[Document], Response], journal: Journal) -> Callable[[Document], Response]:
    def start_and_record(data: Document) -> Response:
        response = start(data)
        if response[0] == 200:
            journal.record(sfn._executions[json.loads(response[2])["executionArn"]])
        return response

    return start_and_record


def _failed(execution: Document) -> Document:
    """As MiniStack leaves an execution that was under way when its process ended."""
    details = {"input": execution["input"]}
    began = {"id": 1, "type": "ExecutionStarted", "timestamp": execution["startDate"]}
    return {
        **execution,
        "status": "FAILED",
        "stopDate": sfn.now_iso(),
        "error": "States.ServiceRestart",
        "cause": "Execution was running when service restarted",
        "output": None,
        "outputDetails": {"included": True},
        "testCase": "",
        "mockAttempts": {},
        "encryptionConfiguration": sfn._default_encryption(),
        "events": [{**began, "executionStartedEventDetails": details}],
    }
