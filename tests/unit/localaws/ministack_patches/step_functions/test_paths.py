"""A path that leads nowhere and data beyond 256 KiB fail an execution, and no States.ALL catches it."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import paths
from tests.unit.localaws.ministack_patches.conftest import Machines

GIVEN = {"a": {"b": [1, 2]}, "none": None}
END: dict[str, Any] = {"Type": "Succeed"}
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
CALL: dict[str, Any] = {"Type": "Task", "Resource": FUNCTION, "End": True}
NOWHERE = {
    "Parameters": {"Type": "Pass", "Parameters": {"x.$": "$.nope"}, "End": True},
    "within Parameters": {"Type": "Pass", "Parameters": {"deep": {"x.$": "$.a.nope"}}, "End": True},
    "InputPath": {"Type": "Pass", "InputPath": "$.nope", "End": True},
    "OutputPath": {"Type": "Pass", "OutputPath": "$.a.b.c", "End": True},
    "Choice": {"Type": "Choice", "Choices": [{"Variable": "$.nope", "NumericEquals": 1, "Next": "e"}], "Default": "e"},
    "Map": {
        "Type": "Map",
        "ItemsPath": "$.nope",
        "ItemProcessor": {"StartAt": "p", "States": {"p": {"Type": "Pass", "End": True}}},
        "End": True,
    },
    "the context": {"Type": "Pass", "Parameters": {"x.$": "$$.Execution.Nope"}, "End": True},
}
THERE = {
    "a null": ({"Type": "Pass", "Parameters": {"x.$": "$.none"}, "End": True}, {"x": None}),
    "a place beyond the end": ({"Type": "Pass", "Parameters": {"x.$": "$.a.b[7]"}, "End": True}, {"x": None}),
    "a wildcard": ({"Type": "Pass", "Parameters": {"x.$": "$.a.b[*]"}, "End": True}, {"x": [1, 2]}),
}


@pytest.fixture
def run(machines: Machines, apply: Callable[[ModuleType], None]) -> Callable[..., dict[str, Any]]:
    apply(paths)

    def run_state(state: dict[str, Any], given: object = GIVEN) -> dict[str, Any]:
        name = f"paths-{len(stepfunctions._state_machines)}"
        return machines.run(machines.create(name, {"s": state, "e": END}, "s"), given)

    return run_state


@pytest.mark.parametrize("place", NOWHERE)
def test_a_path_that_leads_nowhere_fails_the_execution(run: Callable[..., dict[str, Any]], place: str) -> None:
    ended = run(NOWHERE[place])
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "could not be found in the input" in ended["cause"]


@pytest.mark.parametrize("name", THERE)
def test_what_is_there_is_read_though_it_is_null(run: Callable[..., dict[str, Any]], name: str) -> None:
    state, expected = THERE[name]
    ended = run(state)
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"]) == expected


def test_a_result_selector_reads_what_the_function_answered(
    machines: Machines, run: Callable[..., dict[str, Any]]
) -> None:
    machines.functions[FUNCTION] = lambda _: {"there": 1}
    assert run({**CALL, "ResultSelector": {"x.$": "$.there"}})["status"] == "SUCCEEDED"
    assert run({**CALL, "ResultSelector": {"x.$": "$.nope"}})["error"] == "States.Runtime"


@pytest.mark.parametrize(("variable", "present"), [("$.none", True), ("$.nope", False), ("$.a.b", True)])
def test_a_choice_may_ask_whether_something_is_there(
    run: Callable[..., dict[str, Any]], variable: str, present: bool
) -> None:
    rule = {"Variable": variable, "IsPresent": present, "Next": "e"}
    assert run({"Type": "Choice", "Choices": [rule]})["status"] == "SUCCEEDED"


def test_nothing_but_its_name_catches_it(machines: Machines, run: Callable[..., dict[str, Any]]) -> None:
    machines.functions[FUNCTION] = lambda _: {}
    broken = {**CALL, "ResultSelector": {"x.$": "$.nope"}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "e"}]}
    assert run(broken)["error"] == "States.Runtime"


@pytest.mark.parametrize(("letters", "status"), [(200 * 1024, "SUCCEEDED"), (256 * 1024, "FAILED")])
def test_a_state_gives_on_256_kib_at_most(
    machines: Machines, run: Callable[..., dict[str, Any]], letters: int, status: str
) -> None:
    machines.functions[FUNCTION] = lambda _: "x" * letters
    ended = run(CALL)
    assert ended["status"] == status
    if status == "FAILED":
        assert ended["error"] == "States.DataLimitExceeded"


def test_a_task_may_answer_no_more_though_its_state_gives_on_little(
    machines: Machines, run: Callable[..., dict[str, Any]]
) -> None:
    machines.functions[FUNCTION] = lambda _: {"few": 1, "many": "x" * 256 * 1024}
    assert run({**CALL, "ResultSelector": {"few.$": "$.few"}})["error"] == "States.DataLimitExceeded"
    assert run({**CALL, "ResultPath": None})["error"] == "States.DataLimitExceeded"
    jsonata = {**CALL, "QueryLanguage": "JSONata", "Output": "{% $states.result.few %}"}
    assert run(jsonata)["error"] == "States.DataLimitExceeded"


@pytest.mark.parametrize("operation", ["_start_execution", "_start_sync_execution"])
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("{", "InvalidExecutionInput"),
        ("text", "InvalidExecutionInput"),
        ('"' + "x" * 262_143 + '"', "ValidationException"),
    ],
)
def test_an_execution_starts_with_json_of_256_kib_at_most(
    machines: Machines, run: Callable[..., dict[str, Any]], operation: str, given: str, code: str
) -> None:
    assert run
    arn = machines.create("begin", {"s": END}, "s")
    status, _, body = getattr(stepfunctions, operation)({"stateMachineArn": arn, "input": given})
    assert (status, json.loads(body)["__type"]) == (400, code)
    assert not stepfunctions._executions
