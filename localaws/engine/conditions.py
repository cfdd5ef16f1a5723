"""The conditions of a Condition step."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from typing import Any

from localaws.shapes import Document

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def holds(conditions: Sequence[Document]) -> bool:
    """Whether all conditions hold; their references are resolved already.

    Raises ValueError, with a sentence, for an unknown type or for values that cannot be compared.
    """
    try:
        return all(_holds(condition) for condition in conditions)
    except KeyError as error:
        raise ValueError(f"The condition {json.dumps(conditions)} lacks the member {error}.") from error


def _holds(condition: Document) -> bool:
    kind = condition.get("Type", "")
    if kind in _COMPARISONS:
        return _compare(kind, condition["LeftValue"], condition["RightValue"])
    if kind == "In":
        return condition["QueryValue"] in condition["Values"]
    if kind == "Not":
        return not _holds(condition["Expression"])
    if kind == "Or":
        return any(_holds(item) for item in condition["Conditions"])
    raise ValueError(
        f"The condition type {kind!r} is not known; allowed are {', '.join(_COMPARISONS)}, In, Not and Or."
    )


def _compare(kind: str, left: Any, right: Any) -> bool:  # noqa: ANN401 - JSON of any type
    try:
        return _COMPARISONS[kind](left, right)
    except TypeError as error:
        raise ValueError(f"The condition {kind} cannot compare {left!r} with {right!r}.") from error
