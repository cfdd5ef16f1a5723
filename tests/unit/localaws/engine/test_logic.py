"""Conditions against logic: drawn trees of Not, Or and comparisons hold where their model is true."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from localaws.engine.logic import holds
from tests.unit.localaws.engine.language import DOCUMENTS, TEXTS

repeatable = settings(max_examples=100, deadline=None, derandomize=True)
Drawn = tuple[dict[str, Any], bool]
"""A condition, and whether it holds."""

NUMBERS = st.integers(-3, 3) | st.floats(-3, 3)
PAIRS = st.tuples(NUMBERS, NUMBERS) | st.tuples(TEXTS, TEXTS)
ORDERS = {
    "Equals": lambda sign: sign == 0,
    "GreaterThan": lambda sign: sign > 0,
    "GreaterThanOrEqualTo": lambda sign: sign >= 0,
    "LessThan": lambda sign: sign < 0,
    "LessThanOrEqualTo": lambda sign: sign <= 0,
}


def compared(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


def negated(condition: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Not", "Condition": condition}


def either(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Or", "Conditions": list(conditions)}


def written(value: Any) -> str:
    """JSON in which a number is written in one way only."""
    return json.dumps(json.loads(json.dumps(value), parse_int=float), sort_keys=True)


@st.composite
def comparisons(draw: st.DrawFn) -> Drawn:
    kind, (left, right) = draw(st.sampled_from(sorted(ORDERS))), draw(PAIRS)
    return compared(kind, left, right), ORDERS[kind]((left > right) - (left < right))


TREES: st.SearchStrategy[Drawn] = st.recursive(
    comparisons(),
    lambda inner: (
        inner.map(lambda item: (negated(item[0]), not item[1]))
        | st.lists(inner, min_size=1, max_size=3).map(
            lambda items: (either(*(each for each, _ in items)), any(truth for _, truth in items))
        )
    ),
    max_leaves=6,
)


@repeatable
@given(TREES)
def test_a_condition_holds_where_its_model_is_true(drawn: Drawn) -> None:
    condition, truth = drawn
    assert holds([condition]) is truth
    assert holds([negated(negated(condition))]) is truth


@repeatable
@given(st.lists(TREES, max_size=3))
def test_a_list_holds_where_all_of_it_does_and_de_morgan_is_right(drawn: list[Drawn]) -> None:
    conditions = [condition for condition, _ in drawn]
    assert holds(conditions) is all(truth for _, truth in drawn)
    assert holds([negated(either(*map(negated, conditions)))]) is holds(conditions)


@repeatable
@example(left=[True, {"a": 0}], right=[1, {"a": False}])
@given(left=DOCUMENTS, right=DOCUMENTS)
def test_equal_is_what_json_writes_alike_and_in_is_equal_to_one_of_them(left: Any, right: Any) -> None:
    assert holds([compared("Equals", left, left)])
    alike = holds([compared("Equals", left, right)])
    assert holds([compared("Equals", right, left)]) is alike
    assert holds([{"Type": "In", "QueryValue": left, "Values": [right]}]) is alike
    assert not holds([{"Type": "In", "QueryValue": left, "Values": []}])
    assert alike is (written(left) == written(right))


@repeatable
@given(left=DOCUMENTS, right=DOCUMENTS, kind=st.sampled_from(sorted(ORDERS.keys() - {"Equals"})))
def test_only_numbers_and_only_texts_have_an_order(left: Any, right: Any, kind: str) -> None:
    both = {type(value) for value in (left, right)}
    if both <= {int, float} or both == {str}:
        assert holds([compared(kind, left, right)]) is ORDERS[kind]((left > right) - (left < right))
    else:
        with pytest.raises(ValueError, match=f"The condition {kind} cannot compare"):
            holds([compared(kind, left, right)])
