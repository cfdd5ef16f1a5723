"""Search's expressions: which resources satisfy filters, nested filters and expressions within expressions.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SearchExpression.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt
from typing import Any

from botocore.model import Shape

from localaws import errors
from localaws.search.properties import BOOLEAN, EITHER, NUMBER, TEXT, TIME, WHOLE, Property, find_property
from localaws.shapes import Document

Matches = Callable[[Document], bool]
_MOST_CONDITIONS = 50
_WITHOUT_VALUE = ("Exists", "NotExists")
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": gt,
    "GreaterThanOrEqualTo": ge,
    "LessThan": lt,
    "LessThanOrEqualTo": le,
}
_OF_TEXTS = ("Contains", "In")
# Of these, by AWS's model (botocore: Filter.Operator), an expression may ask more than once what they contain.
_OFTEN_CONTAINED = {
    "Experiment": ("DisplayName", "ExperimentName", "Tags"),
    "ExperimentTrial": ("DisplayName", "TrialName", "Tags"),
    "ExperimentTrialComponent": (
        "DisplayName",
        "TrialComponentName",
        "Tags",
        "InputArtifacts",
        "OutputArtifacts",
    ),
}


def build_expression(resource: str, shape: Shape, expression: Document) -> Matches:
    """What tells whether a resource satisfies an expression; raises AWS's ValidationException for one that is none."""
    filters = list(_list_filters(expression))
    if _count(expression) > _MOST_CONDITIONS:
        raise errors.validation(f"A SearchExpression has at most {_MOST_CONDITIONS} conditions in all.")
    often = _OFTEN_CONTAINED.get(resource, ())
    limited = [one for one in filters if one.get("Operator") == "Contains" and one["Name"].split(".")[0] not in often]
    if len(limited) > 1:
        raise errors.validation("'CONTAINS' operator usage limit of 1 exceeded.")
    return _build(resource, shape, expression)


def _list_filters(expression: Document) -> Iterator[Document]:
    yield from expression.get("Filters", [])
    for nested in expression.get("NestedFilters", []):
        yield from nested["Filters"]
    for inner in expression.get("SubExpressions", []):
        yield from _list_filters(inner)


def _count(expression: Document) -> int:
    own = sum(len(expression.get(member, [])) for member in ("Filters", "NestedFilters", "SubExpressions"))
    return own + sum(_count(inner) for inner in expression.get("SubExpressions", []))


def _build(resource: str, shape: Shape, expression: Document) -> Matches:
    conditions = [
        *(_build_filter(resource, shape, one) for one in expression.get("Filters", [])),
        *(_build_nested(resource, shape, one) for one in expression.get("NestedFilters", [])),
        *(_build(resource, shape, one) for one in expression.get("SubExpressions", [])),
    ]
    if not conditions:
        raise errors.validation(
            "A SearchExpression needs at least one of Filters, NestedFilters and SubExpressions; leave it out to find "
            "every resource."
        )
    joined = any if expression.get("Operator") == "Or" else all
    return lambda document: joined(condition(document) for condition in conditions)


def _build_filter(resource: str, shape: Shape, one: Document) -> Matches:
    found = find_property(resource, shape, one["Name"])
    holds = _build_test(found, one)
    return lambda document: holds(found.read(document))


def _build_nested(resource: str, shape: Shape, nested: Document) -> Matches:
    """All filters hold of one and the same item of a list."""
    name = nested["NestedPropertyName"]
    outer = find_property(resource, shape, name)
    tests = []
    for one in nested["Filters"]:
        inner = find_property(resource, shape, one["Name"])
        if inner.steps[: len(outer.steps)] != outer.steps or inner.steps == outer.steps:
            raise errors.validation(f"{one['Name']!r} is no property below {name!r}; give one that is.")
        tests.append((inner, _build_test(inner, one)))
    below = len(outer.steps)
    return lambda document: any(
        all(holds(inner.read(item, below)) for inner, holds in tests) for item in outer.read(document)
    )


def _build_test(found: Property, one: Document) -> Callable[[list[Any]], bool]:
    """What tells by the values of a property whether a filter holds."""
    value = one.get("Value")
    operator = one.get("Operator") or ("Equals" if value is not None else "")
    _check_operator(found, one, operator)
    if operator in _WITHOUT_VALUE:
        return lambda values: bool(values) == (operator == "Exists")
    if operator == "In":
        wanted = [text.strip() for text in str(value).split(",")]
        return lambda values: any(str(each) in wanted for each in values)
    if operator == "Contains":
        return lambda values: any(str(value) in str(each) for each in values)
    given = _parse(found, one["Name"], str(value))
    equals = _equals if found.kind == EITHER else eq
    if operator == "Equals":
        return lambda values: any(equals(each, given) for each in values)
    if operator == "NotEquals":
        return lambda values: not any(equals(each, given) for each in values)
    compare = _ORDERED[operator]
    return lambda values: any(_ordered(compare, each, given) for each in values)


def _check_operator(found: Property, one: Document, operator: str) -> None:
    name, value = one["Name"], one.get("Value")
    if not operator or (value is None) != (operator in _WITHOUT_VALUE):
        raise errors.validation(
            f"The filter of {name!r} has {f'the operator {operator}' if operator else 'no operator'} and "
            f"{'no value' if value is None else 'a value'}; Exists and NotExists take none, the others one."
        )
    if found.kind == WHOLE and operator not in _WITHOUT_VALUE:
        raise errors.validation(f"{name!r} is a structure; filter by one of its members, or ask whether it Exists.")
    if operator in _ORDERED and found.kind in (TEXT, BOOLEAN):
        raise errors.validation(f"The operator {operator} is not supported for {name!r}, a {found.kind} property.")
    if operator in _OF_TEXTS and found.kind not in (TEXT, EITHER):
        raise errors.validation(
            f"The operator {operator} is only supported for text properties; {name!r} is a {found.kind}."
        )


def _parse(found: Property, name: str, value: str) -> Any:  # noqa: ANN401 - as the property is
    if found.kind == NUMBER:
        number = _number(value)
        if number is None:
            raise errors.validation(f"The value {value!r} of {name!r} is no number.")
        return number
    if found.kind == TIME:
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            raise errors.validation(
                f"The value {value!r} of {name!r} is no time; give one as YYYY-mm-ddTHH:MM:SS."
            ) from None
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    if found.kind == BOOLEAN:
        if value.lower() not in ("true", "false"):
            raise errors.validation(f"The value {value!r} of {name!r} is neither true nor false.")
        return value.lower() == "true"
    return value


def _equals(one: object, given: object) -> bool:
    pair = _pair(one, given)
    return one == given if pair is None else pair[0] == pair[1]


def _ordered(compare: Callable[[Any, Any], bool], one: object, given: object) -> bool:
    pair = _pair(one, given)
    return pair is not None and compare(*pair)


def _pair(one: object, given: object) -> tuple[float, float] | None:
    """Both as numbers, where both are: decimals against an integer are taken for integers, as hyperparameters are."""
    if isinstance(one, bool) or isinstance(given, bool):
        return None
    known, wanted = _number(one), _number(given)
    if known is None or wanted is None:
        return None
    if isinstance(one, str) and isinstance(given, str) and wanted == int(wanted) and "." not in given:
        known = int(known)
    return known, wanted


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if number - number == 0 else None  # neither infinite nor NaN
