"""A workflow ends itself before it ends the local AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import limits
from localaws.ministack_patches.step_functions.limits import matches, problem
from tests.unit.localaws.ministack_patches.conftest import ROLE, Machines

CIRCLE = {"a": {"Type": "Pass", "Next": "b"}, "b": {"Type": "Pass", "Next": "a"}}
PASS = {"Type": "Pass", "End": True}


def _nested(levels: int) -> dict[str, Any]:
    state: dict[str, Any] = PASS
    for _ in range(levels):
        state = {"Type": "Parallel", "Branches": [{"StartAt": "x", "States": {"x": state}}], "End": True}
    return {"StartAt": "x", "States": {"x": state}}


HOSTILE = {
    "no JSON": "{",
    "a list": "[1]",
    "no states": '{"StartAt": "a"}',
    "StartAt a number": json.dumps({"StartAt": 1, "States": {"a": PASS}}),
    "States a list": json.dumps({"StartAt": "a", "States": [PASS]}),
    "a state without a Type": json.dumps({"StartAt": "a", "States": {"a": {"Type": 5}}}),
    "Next to nothing": json.dumps({"StartAt": "a", "States": {"a": {"Type": "Pass", "Next": "z"}}}),
    "a branch that is none": json.dumps({"StartAt": "a", "States": {"a": {"Type": "Parallel", "Branches": [1]}}}),
    "deep": json.dumps(_nested(100)),
    "too deep to be read": "[" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_state_machine_is_refused_when_it_is_created(
    machines: Machines, apply: Callable[[ModuleType], None], name: str
) -> None:
    apply(limits)
    status, _, body = stepfunctions._create_state_machine(
        {"name": "hostile", "definition": HOSTILE[name], "roleArn": ROLE}
    )
    assert status == 400
    assert b"InvalidDefinition" in body


def test_branches_and_maps_of_some_depth_are_state_machines() -> None:
    each = {"StartAt": "x", "States": {"x": PASS}}
    assert problem(json.dumps(_nested(20))) is None
    assert problem(json.dumps({"StartAt": "m", "States": {"m": {"Type": "Map", "ItemProcessor": each}}})) is None


def test_a_circle_ends_at_the_limit_of_the_history(
    machines: Machines, apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_EVENTS", 60)
    apply(limits)
    ended = machines.run(machines.create("circle", CIRCLE, "a"))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "maximum number of history events" in ended["cause"]


@pytest.mark.parametrize(("end", "status"), [(999, "SUCCEEDED"), (1_000_000_000, "FAILED")])
def test_a_range_of_a_thousand_million_items_is_not_made(
    machines: Machines, apply: Callable[[ModuleType], None], end: int, status: str
) -> None:
    apply(limits)
    state = {**PASS, "Parameters": {"items.$": f"States.ArrayRange(1, {end}, 1)"}}
    assert machines.run(machines.create("range", {"m": state}, "m"))["status"] == status


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("log-*.txt", "log-1.txt", True),
        ("log-*.txt", "log-.txt", True),
        ("a*a", "a", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a*b*c", "a1b2b3c", True),
        ("a*b*c", "acb", False),
        ("*ab*ab", "xab", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("a*b", "a\nb", True),
    ],
)
def test_an_asterisk_stands_for_anything(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_a_pattern_of_many_asterisks_holds_nobody_up(machines: Machines, apply: Callable[[ModuleType], None]) -> None:
    apply(limits)
    rule = {"Variable": "$.a", "StringMatches": "*a" * 40 + "b", "Next": "end"}
    states = {"m": {"Type": "Choice", "Choices": [rule], "Default": "end"}, "end": {"Type": "Succeed"}}
    assert machines.run(machines.create("asterisks", states, "m"), {"a": "a" * 60})["status"] == "SUCCEEDED"
