"""The conditions of a Condition step."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from typing import Any

from localaws.engine.context import Run, StepContext
from localaws.engine.retries import Failure
from localaws.shapes import Document

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def holds(conditions: Sequence[Document]) -> bool:
    """Whether all conditions hold; their references are resolved already.

    Raises ValueError, with a sentence, for an unknown type, a wrong form, or values that cannot be compared.
    """
    try:
        return all(_holds(condition) for condition in _list(conditions))
    except KeyError as error:
        raise ValueError(f"The condition {json.dumps(conditions)} lacks the member {error}.") from error


def _holds(condition: Any) -> bool:  # noqa: ANN401 - JSON of any type, for a reference may stand for all of it
    if not isinstance(condition, dict):
        raise ValueError(f"A condition is {condition!r}; it must be an object with a Type.")
    kind = condition.get("Type", "")
    match kind:
        case "Equals":
            return _alike(condition["LeftValue"], condition["RightValue"])
        case "GreaterThan" | "GreaterThanOrEqualTo" | "LessThan" | "LessThanOrEqualTo":
            return _compare(kind, condition["LeftValue"], condition["RightValue"])
        case "In":
            query = condition["QueryValue"]
            return any(_alike(query, value) for value in _list(condition["Values"]))
        case "Not":
            return not _holds(condition["Condition"])
        case "Or":
            return any(_holds(item) for item in _list(condition["Conditions"]))
    raise ValueError(
        f"The condition type {kind!r} is not known; allowed are Equals, {', '.join(_ORDERS)}, In, Not and Or."
    )


def _list(value: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, list):
        raise ValueError(f"A condition has {value!r} where a list must be.")
    return value


def _alike(left: Any, right: Any) -> bool:  # noqa: ANN401
    """Whether JSON says the same: 1 and 1.0 are one number, true is none."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_alike(value, right[key]) for key, value in left.items())
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _compare(kind: str, left: Any, right: Any) -> bool:  # noqa: ANN401
    """Order two numbers or two texts; nothing else has an order."""
    kinds = {type(left), type(right)}
    if not (kinds <= {int, float} or kinds == {str}):
        raise ValueError(f"The condition {kind} cannot compare {left!r} with {right!r}.")
    return _ORDERS[kind](left, right)


def condition(context: StepContext) -> Document:
    """Evaluate the conditions; the outcome "True" or "False" chooses the branch."""
    try:
        outcome = str(holds(context.arguments["Conditions"]))
    except ValueError as error:
        raise Failure(f"ClientError: {error}") from error
    context.record({"Condition": {"Outcome": outcome}})
    return {"Outcome": outcome}


def fail(context: StepContext) -> Document:
    """End the execution as Failed with the message of the definition."""
    message = str(context.arguments.get("ErrorMessage", ""))
    context.record({"Fail": {"ErrorMessage": message}})
    raise Failure(message)


RUNS: dict[str, Run] = {"Condition": condition, "Fail": fail}
