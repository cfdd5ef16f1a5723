"""Executions of workflows that were begun just before a crash: MiniStack, which saves them every second, forgets them.

On AWS an execution whose start was answered is there. Here it is written down before the answer; what the saved state
does not know at the next start has failed, as an execution that was under way has, and its caller can see so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from localaws.ministack import replace
from localaws.store import Store, StoreError

logger = logging.getLogger(__name__)

KIND = "execution-begun"
_KEPT = ("executionArn", "stateMachineArn", "name", "startDate", "input", "inputDetails", "_named")

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]


class Begun:
    """Executions that the saved state may lack."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, execution: Document) -> None:
        """Write down that an execution has begun."""
        kept = {name: execution[name] for name in _KEPT if name in execution}
        try:
            self._store.put(KIND, execution["executionArn"], kept)
        except StoreError as error:
            logger.warning("%s is forgotten if this process ends in a moment: %s", execution["executionArn"], error)

    def saved(self, save: Callable[[], None]) -> None:
        """Save MiniStack's state; what was begun before needs no note any more."""
        noted = [execution["executionArn"] for execution in self._store.all(KIND)]
        save()
        for arn in noted:
            self._store.delete(KIND, arn)

    def restore(self) -> None:
        """Put back what the saved state lacks, as failed."""
        from ministack.services import stepfunctions  # noqa: PLC0415 - after configure()

        for execution in self._store.all(KIND):
            if execution["executionArn"] not in stepfunctions._executions:
                stepfunctions._executions[execution["executionArn"]] = _failed(execution)


def apply(begun: Begun) -> None:
    """Write each execution down that is started, and put those back that a crash has cost, before the port answers."""
    from ministack import app  # noqa: PLC0415
    from ministack.services import stepfunctions  # noqa: PLC0415

    replace(stepfunctions, "_start_execution", lambda start: _noting(start, begun))
    replace(app, "_load_persisted_state", lambda load: _loading(load, begun))


def _loading(load: Callable[[], None], begun: Begun) -> Callable[[], None]:
    def load_and_restore() -> None:
        load()
        begun.restore()

    return load_and_restore


def _noting(start: Callable[[Document], Response], begun: Begun) -> Callable[[Document], Response]:
    def start_and_note(data: Document) -> Response:
        from ministack.services import stepfunctions  # noqa: PLC0415

        response = start(data)
        if response[0] == 200:
            begun.note(stepfunctions._executions[json.loads(response[2])["executionArn"]])
        return response

    return start_and_note


def _failed(execution: Document) -> Document:
    """As MiniStack leaves an execution that was under way when its process ended."""
    from ministack.services import stepfunctions  # noqa: PLC0415

    details = {"input": execution["input"]}
    began = {"id": 1, "type": "ExecutionStarted", "timestamp": execution["startDate"]}
    return {
        **execution,
        "status": "FAILED",
        "stopDate": stepfunctions.now_iso(),
        "error": "States.ServiceRestart",
        "cause": "Execution was running when service restarted",
        "output": None,
        "outputDetails": {"included": True},
        "testCase": "",
        "mockAttempts": {},
        "encryptionConfiguration": stepfunctions._default_encryption(),
        "events": [{**began, "executionStartedEventDetails": details}],
    }
