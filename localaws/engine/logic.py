"""What conditions say: their forms, which are held when a pipeline is created, and whether they are true."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from typing import Any

from localaws import errors
from localaws.engine import references
from localaws.shapes import Document

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}

# As the SDK writes them: sagemaker.workflow.conditions, 2.257.7.
_MEMBERS = {
    **dict.fromkeys(("Equals", *_ORDERS), ("LeftValue", "RightValue")),
    "In": ("QueryValue", "Values"),
    "Not": ("Condition",),
    "Or": ("Conditions",),
}
_TYPES = f"Equals, {', '.join(_ORDERS)}, In, Not and Or"


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
    raise ValueError(f"The condition type {kind!r} is not known; allowed are {_TYPES}.")


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


def check_forms(step: str, conditions: Sequence[Any]) -> None:
    """Refuse, with AWS's ValidationException, a condition of the step that is not of its type's form."""
    for item in conditions:
        kind = item.get("Type") if isinstance(item, dict) else None
        if kind not in _MEMBERS:
            raise errors.validation(f"The step {step!r} has the condition type {kind!r}; allowed are {_TYPES}.")
        if item.keys() != {"Type", *_MEMBERS[kind]}:
            raise errors.validation(
                f"The step {step!r} has a condition {kind} with {', '.join(sorted(item)) or 'nothing'}; it has Type, "
                f"{', '.join(_MEMBERS[kind])}."
            )
        if kind == "Not":
            check_forms(step, [item["Condition"]])
        elif kind == "Or":
            check_forms(step, _listed(step, kind, item["Conditions"]))
        elif kind == "In":
            _listed(step, kind, item["Values"])


def _listed(step: str, kind: str, value: Any) -> list[Any]:  # noqa: ANN401 - JSON of any type
    if isinstance(value, list) or references.is_function(value):
        return value if isinstance(value, list) else []
    raise errors.validation(f"The step {step!r} has a condition {kind} with {value!r} where a list must be.")
