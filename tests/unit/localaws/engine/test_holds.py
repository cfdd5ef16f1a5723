"""Conditions: every type, and what cannot be compared."""

from __future__ import annotations

import re
from typing import Any

import pytest

from localaws.engine.logic import holds

TRUE = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
FALSE = {"Type": "Equals", "LeftValue": 1, "RightValue": 2}


@pytest.mark.parametrize(
    ("kind", "below", "same", "above"),
    [
        ("Equals", False, True, False),
        ("GreaterThan", False, False, True),
        ("GreaterThanOrEqualTo", False, True, True),
        ("LessThan", True, False, False),
        ("LessThanOrEqualTo", True, True, False),
    ],
)
def test_a_comparison_of_left_with_right(kind: str, below: bool, same: bool, above: bool) -> None:
    def compared(left: float) -> bool:
        return holds([{"Type": kind, "LeftValue": left, "RightValue": 0.8}])

    assert (compared(0.7), compared(0.8), compared(0.9)) == (below, same, above)


def test_text_is_compared_by_its_letters() -> None:
    assert holds([{"Type": "LessThan", "LeftValue": "a", "RightValue": "b"}])


@pytest.mark.parametrize(("value", "expected"), [("b", True), ("c", False)])
def test_in_looks_the_value_up(value: str, expected: bool) -> None:
    assert holds([{"Type": "In", "QueryValue": value, "Values": ["a", "b"]}]) is expected


def test_not_turns_a_condition_round() -> None:
    assert holds([{"Type": "Not", "Condition": FALSE}])
    assert not holds([{"Type": "Not", "Condition": TRUE}])


def test_or_needs_one_that_holds() -> None:
    assert holds([{"Type": "Or", "Conditions": [FALSE, TRUE]}])
    assert not holds([{"Type": "Or", "Conditions": [FALSE, FALSE]}])


def test_all_conditions_must_hold() -> None:
    assert holds([TRUE, TRUE])
    assert not holds([TRUE, FALSE])


def test_an_unknown_type_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'Between' is not known; allowed are Equals, .* In, Not and Or"):
        holds([{"Type": "Between"}])


@pytest.mark.parametrize("left", ["high", True, None, [1], {}])
def test_values_that_have_no_order_are_named(left: Any) -> None:
    with pytest.raises(ValueError, match=f"GreaterThan cannot compare {re.escape(repr(left))} with 0.8"):
        holds([{"Type": "GreaterThan", "LeftValue": left, "RightValue": 0.8}])


def test_true_is_no_number() -> None:
    assert not holds([{"Type": "Equals", "LeftValue": True, "RightValue": 1}])
    assert not holds([{"Type": "In", "QueryValue": 0, "Values": [False]}])
    assert holds([{"Type": "Equals", "LeftValue": 1, "RightValue": 1.0}])


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"Type": "In", "QueryValue": "a", "Values": "abc"}, "A condition has 'abc' where a list must be."),
        ({"Type": "Or", "Conditions": None}, "A condition has None where a list must be."),
        ({"Type": "Not", "Condition": "Equals"}, "A condition is 'Equals'; it must be an object with a Type."),
        ({"Type": ["In"]}, "The condition type ['In'] is not known; allowed are"),
    ],
)
def test_a_condition_of_another_form_is_a_sentence(condition: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        holds([condition])


@pytest.mark.parametrize(
    "condition", [{"Type": "Equals", "LeftValue": 1}, {"Type": "In", "Values": []}, {"Type": "Not"}, {"Type": "Or"}]
)
def test_a_condition_that_lacks_a_member_is_a_sentence_with_it(condition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"The condition .* lacks"):
        holds([condition])
