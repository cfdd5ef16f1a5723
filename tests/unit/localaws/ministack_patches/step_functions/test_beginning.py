"""An execution begins with its first state at once, and waits where a state says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import executions
from tests.unit.localaws.ministack_patches.conftest import Machines

WAITING = {
    "Rest": {"Type": "Wait", "Seconds": 0.15, "Next": "RestAgain"},
    "RestAgain": {"Type": "Wait", "Seconds": 2, "End": True},
}


@pytest.fixture
def slept(apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that executions have slept."""
    found: list[float] = []
    clock = SimpleNamespace(sleep=found.append, time=time.time, monotonic=time.monotonic)
    monkeypatch.setattr(stepfunctions, "time", clock)
    monkeypatch.setattr(stepfunctions, "_SFN_WAIT_SCALE", 1)
    apply(executions)
    return found


def test_an_execution_begins_without_a_wait(machines: Machines, slept: list[float]) -> None:
    arn = machines.create("m", {"Done": {"Type": "Pass", "End": True}}, "Done")
    assert machines.run(arn)["status"] == "SUCCEEDED"
    assert slept == []


def test_states_wait_as_long_as_they_say(machines: Machines, slept: list[float]) -> None:
    machines.run(machines.create("m", WAITING, "Rest"))
    assert slept == [0.15, 2]
