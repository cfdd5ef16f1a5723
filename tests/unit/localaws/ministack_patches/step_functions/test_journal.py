"""An execution whose start was answered is there after a crash, whether MiniStack had saved it or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import executions
from localaws.ministack_patches.step_functions.executions import KIND, Journal
from localaws.store import Store, StoreError
from tests.unit.localaws.ministack_patches.conftest import Machines

PASS = {"A": {"Type": "Pass", "End": True}}


@pytest.fixture
def journal(apply: Callable[..., None], tmp_path: Path) -> Journal:
    store = Store(tmp_path / "state.db")
    apply(executions, store=store)
    return Journal(store)


@pytest.fixture
def machine(journal: Journal, machines: Machines) -> str:
    return machines.create("m", PASS, "A")


def _start(machines: Machines, machine: str) -> str:
    arn: str = machines.call("_start_execution", stateMachineArn=machine, name="p", input='{"a": 1}')["executionArn"]
    machines.ended(arn)
    return arn


def test_what_the_saved_state_lacks_has_failed_and_says_why(journal: Journal, machines: Machines, machine: str) -> None:
    arn = _start(machines, machine)
    stepfunctions._executions.clear()
    journal.restore()
    said = machines.call("_describe_execution", executionArn=arn)
    assert (said["status"], said["error"], said["input"]) == ("FAILED", "States.ServiceRestart", '{"a": 1}')
    history = machines.call("_get_execution_history", executionArn=arn)
    assert [event["type"] for event in history["events"]] == ["ExecutionStarted"]


def test_what_was_saved_is_left_as_it_is(journal: Journal, machines: Machines, machine: str) -> None:
    arn = _start(machines, machine)
    journal.restore()
    assert machines.call("_describe_execution", executionArn=arn)["status"] == "SUCCEEDED"


def test_a_note_is_kept_until_the_execution_is_saved(journal: Journal, machines: Machines, machine: str) -> None:
    arn = _start(machines, machine)
    noted: list[int] = []
    journal.save(lambda: noted.append(len(journal._store.all(KIND))))
    assert (noted, journal._store.all(KIND)) == ([1], [])
    stepfunctions._executions.clear()
    journal.restore()
    assert arn not in stepfunctions._executions


def test_what_starts_while_the_state_is_saved_is_kept(journal: Journal, machines: Machines, machine: str) -> None:
    def save() -> None:
        _start(machines, machine)

    journal.save(save)
    assert len(journal._store.all(KIND)) == 1


def test_with_a_full_disk_an_execution_begins_all_the_same(
    journal: Journal, machines: Machines, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The state file could not be written.")

    monkeypatch.setattr(journal._store, "put", refuse)
    assert _start(machines, machine)


def test_a_note_is_kept_where_the_save_failed(journal: Journal, machines: Machines, machine: str) -> None:
    _start(machines, machine)

    def fail() -> None:
        raise StoreError("full")

    with pytest.raises(StoreError, match="full"):
        journal.save(fail)
    assert len(journal._store.all(KIND)) == 1
