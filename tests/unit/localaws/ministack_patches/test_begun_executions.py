"""An execution whose start was answered is there after a crash, whether MiniStack had saved it or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches import begun_executions
from localaws.ministack_patches.begun_executions import KIND, Begun
from localaws.store import Store, StoreError
from tests.unit.localaws.ministack_patches.conftest import Machines

PASS = {"A": {"Type": "Pass", "End": True}}


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Begun:
    made = Begun(Store(tmp_path / "state.db"))

    def replace(module: object, name: str, make: Any) -> None:
        monkeypatch.setattr(module, name, make(getattr(module, name)))

    monkeypatch.setattr(begun_executions, "replace", replace)
    begun_executions.apply(made)
    return made


@pytest.fixture
def machine(begun: Begun, machines: Machines) -> str:
    return machines.create("m", PASS, "A")


def _start(machines: Machines, machine: str) -> str:
    arn: str = machines.call("_start_execution", stateMachineArn=machine, name="p", input='{"a": 1}')["executionArn"]
    machines.ended(arn)
    return arn


def test_what_the_saved_state_lacks_has_failed_and_says_why(begun: Begun, machines: Machines, machine: str) -> None:
    arn = _start(machines, machine)
    stepfunctions._executions.clear()
    begun.restore()
    said = machines.call("_describe_execution", executionArn=arn)
    assert (said["status"], said["error"], said["input"]) == ("FAILED", "States.ServiceRestart", '{"a": 1}')
    history = machines.call("_get_execution_history", executionArn=arn)
    assert [event["type"] for event in history["events"]] == ["ExecutionStarted"]


def test_what_was_saved_is_left_as_it_is(begun: Begun, machines: Machines, machine: str) -> None:
    arn = _start(machines, machine)
    begun.restore()
    assert machines.call("_describe_execution", executionArn=arn)["status"] == "SUCCEEDED"


def test_a_note_is_kept_until_the_execution_is_saved(begun: Begun, machines: Machines, machine: str) -> None:
    arn = _start(machines, machine)
    noted: list[int] = []
    begun.saved(lambda: noted.append(len(begun._store.all(KIND))))
    assert (noted, begun._store.all(KIND)) == ([1], [])
    stepfunctions._executions.clear()
    begun.restore()
    assert arn not in stepfunctions._executions


def test_what_begins_while_the_state_is_saved_keeps_its_note(begun: Begun, machines: Machines, machine: str) -> None:
    def save() -> None:
        _start(machines, machine)

    begun.saved(save)
    assert len(begun._store.all(KIND)) == 1


def test_with_a_full_disk_an_execution_begins_all_the_same(
    begun: Begun, machines: Machines, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The state file could not be written.")

    monkeypatch.setattr(begun._store, "put", refuse)
    assert _start(machines, machine)
