"""StartExecution under one name is idempotent while the execution runs, as AWS's is."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import executions
from tests.unit.localaws.ministack_patches.conftest import Machines

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:ask"
STATES = {"Ask": {"Type": "Task", "Resource": FUNCTION, "End": True}}


@dataclass
class Held:
    """A machine whose executions run until they are released."""

    machines: Machines
    arn: str
    release: threading.Event

    def start(self, given: str = "{}") -> tuple[int, dict[str, Any]]:
        request = {"stateMachineArn": self.arn, "name": "picture", "input": given}
        status, _, body = stepfunctions._start_execution(request)
        return status, json.loads(body)


@pytest.fixture
def held(machines: Machines, apply: Callable[[ModuleType], None]) -> Iterator[Held]:
    apply(executions)
    release = threading.Event()

    def wait(event: object) -> object:
        release.wait(5)
        return event

    # Called by whichever of its names this MiniStack knows.
    machines.functions.update({FUNCTION: wait, "ask": wait})
    yield Held(machines, machines.create("m", STATES, "Ask"), release)
    release.set()


def test_while_it_runs_the_same_input_answers_the_same_execution(held: Held) -> None:
    first = held.start()
    assert first[0] == 200
    assert held.start() == first
    assert len(stepfunctions._executions) == 1


def test_another_input_is_refused(held: Held) -> None:
    held.start()
    status, said = held.start('{"other": 1}')
    assert (status, said["__type"]) == (400, "ExecutionAlreadyExists")


def test_an_execution_that_has_ended_is_not_started_again(held: Held) -> None:
    execution = held.start()[1]["executionArn"]
    held.release.set()
    assert held.machines.ended(execution)["status"] == "SUCCEEDED"
    status, said = held.start()
    assert (status, said["__type"]) == (400, "ExecutionAlreadyExists")
