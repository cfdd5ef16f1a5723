"""The template's parameters: read from the template, checked before CloudFormation sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from seedcode.stack.template import Template, text


def find_faults(template: Template, given: Mapping[str, str]) -> list[str]:
    """A sentence for each given parameter that the template does not know or that breaks its constraints."""
    faults = []
    for name, value in given.items():
        entry = template.parameters.get(name)
        if entry is None:
            known = ", ".join(sorted(template.parameters))
            faults.append(f"There is no parameter {name}; the template has {known}.")
        elif wanted := _broken(entry, value):
            faults.append(f"{name} is {value!r}; it must be {entry.get('ConstraintDescription') or wanted}.")
    missing = [name for name, entry in template.parameters.items() if "Default" not in entry and name not in given]
    return faults + [f"{name} has no default; give it with `--set {name}=...`." for name in missing]


def request(template: Template, given: Mapping[str, str], previous: Mapping[str, str]) -> list[dict[str, Any]]:
    """Parameters for a change set: what is given, and what the stack has for the rest."""
    kept = [name for name in template.parameters if name in previous and name not in given]
    return [
        *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items()),
        *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
    ]


def _broken(entry: Mapping[str, Any], value: str) -> str | None:
    """What a value must be, where it is not."""
    allowed = [text(item) for item in entry.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"one of {', '.join(allowed)}"
    if entry["Type"] == "Number":
        return _broken_number(entry, value)
    least, most = int(entry.get("MinLength", 0)), int(entry.get("MaxLength", 4096))
    if not least <= len(value) <= most:
        return f"{least} to {most} characters long"
    pattern = entry.get("AllowedPattern")
    # A list's pattern is held against each of its items.
    items = value.split(",") if entry["Type"] == "CommaDelimitedList" else [value]
    if pattern and not all(re.fullmatch(pattern, item) for item in items):
        return f"a text like {pattern}"
    return None


def _broken_number(entry: Mapping[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "a number"
    least, most = float(entry.get("MinValue", "-inf")), float(entry.get("MaxValue", "inf"))
    return None if least <= number <= most else f"from {least:g} to {most:g}"
