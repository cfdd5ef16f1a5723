"""Pipeline parameters: types, enums, defaults, and the values that an execution is started with."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localaws import errors
from localaws.shapes import Document

_INTEGER = re.compile(r"[+-]?[0-9]{1,1000}")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

Value = str | int | float | bool


def _boolean(text: str) -> bool:
    known = {"true": True, "false": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _integer(text: str) -> int:
    # Python's int would take 1_000, blanks around it and other scripts' digits: see docs/decisions.
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _finite(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError(text)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)  # JSON, which the value travels in, has no such numbers
    return number


_READ: dict[str, Callable[[str], Value]] = {
    "String": str,
    "Integer": _integer,
    "Float": _finite,
    "Boolean": _boolean,
}


def check_declarations(parameters: Sequence[Document]) -> None:
    """Refuse parameters of unknown type, that stand twice, or whose default is not one of their values."""
    names = [parameter.get("Name") for parameter in parameters]
    for parameter in parameters:
        name, kind = parameter.get("Name"), parameter.get("Type")
        if kind not in _READ:
            raise errors.validation(f"The parameter {name!r} has the type {kind!r}; allowed are {', '.join(_READ)}.")
        if names.count(name) > 1:
            raise errors.validation(f"Parameter names must be unique; {name!r} stands twice.")
        if parameter.get("DefaultValue") is not None:
            _read(parameter, str(parameter["DefaultValue"]))


def bind(parameters: Sequence[Document], given: Sequence[Document]) -> dict[str, Any]:
    """The value of each parameter: the given one, or its default.

    Raises ValidationException for a name that is not declared, a value of the wrong type or outside the enum, and
    a parameter that has neither value nor default.
    """
    values = {item["Name"]: item["Value"] for item in given}
    declared = {parameter["Name"]: parameter for parameter in parameters}
    unknown = sorted(values.keys() - declared.keys())
    if unknown:
        raise errors.validation(
            f"Unknown parameters: {', '.join(unknown)}. The pipeline has {', '.join(sorted(declared)) or 'none'}."
        )
    return {name: _bound(parameter, values) for name, parameter in declared.items()}


def listed(values: Mapping[str, Any]) -> list[Document]:
    """Values as ListPipelineParametersForExecution answers them: all text."""
    return [{"Name": name, "Value": _written(value)} for name, value in values.items()]


def _bound(parameter: Document, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON of any type
    if parameter["Name"] in values:
        return _read(parameter, values[parameter["Name"]])
    default = parameter.get("DefaultValue")
    if default is None:
        raise errors.validation(f"The parameter {parameter['Name']!r} has no default; give it a value.")
    # A number written as text is the number; one written as a number stays as it is written.
    return _read(parameter, default) if isinstance(default, str) else default


def parse_value(what: str, kind: str, text: str) -> Value:
    """The value of a type that a text says; raises ValidationException that names `what` for another text."""
    try:
        return _READ[kind](text)
    except ValueError as error:
        raise errors.validation(f"The {what} is {text!r}; it must be of type {kind}.") from error


def _read(parameter: Document, text: str) -> Value:
    value = parse_value(f"parameter {parameter['Name']!r}", parameter["Type"], text)
    allowed = parameter.get("EnumValues")
    if allowed and value not in allowed:
        raise errors.validation(
            f"The parameter {parameter['Name']!r} is {text!r}; allowed are {', '.join(map(str, allowed))}."
        )
    return value


def _written(value: Any) -> str:  # noqa: ANN401
    return str(value).lower() if isinstance(value, bool) else str(value)
