"""A condition's comparisons with the two values of each, as the pipeline reads them."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.executions import Fixed
from console.page import storage
from console.page.jobs import fetch_job, list_outputs
from console.page.source import Source
from console.progress.snapshot import StepView, flatten_steps

_SIGNS: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "Equals": ("=", operator.eq),
    "GreaterThan": (">", operator.gt),
    "GreaterThanOrEqualTo": ("≥", operator.ge),
    "LessThan": ("<", operator.lt),
    "LessThanOrEqualTo": ("≤", operator.le),
}
_PART = re.compile(r"[^.\[\]'\"]+")


@dataclass(frozen=True)
class Comparison:
    """One comparison: the names and values on both sides, and whether it holds; None where that is not known."""

    left: str
    left_value: str
    sign: str
    right: str
    right_value: str
    holds: bool | None


def fetch_comparisons(source: Source, fixed: Fixed, steps: Mapping[str, StepView], name: str) -> list[Comparison]:
    """The comparisons of a condition step; those that AWS writes in another form, such as `In`, are left out."""
    body = next((body for body, _ in flatten_steps(fixed.definition["Steps"]) if body["Name"] == name), {})
    conditions = body.get("Arguments", {}).get("Conditions", [])
    return [_compare(source, fixed, steps, condition) for condition in conditions if condition.get("Type") in _SIGNS]


def _compare(source: Source, fixed: Fixed, steps: Mapping[str, StepView], condition: dict[str, Any]) -> Comparison:
    sign, holds = _SIGNS[condition["Type"]]
    (left, first), (right, second) = (
        _read(source, fixed, steps, condition[member]) for member in ("LeftValue", "RightValue")
    )
    numbers = [_number(value) for value in (first, second)]
    known = None if first is None or second is None else holds(*(numbers if None not in numbers else (first, second)))
    return Comparison(left, _write(first), sign, right, _write(second), known)


def _read(source: Source, fixed: Fixed, steps: Mapping[str, StepView], value: object) -> tuple[str, object]:
    """What a side is called, and what it is; None where that is not known."""
    if not isinstance(value, dict):
        return "", value
    if "Get" in value:
        path = str(value["Get"]).split(".")
        return path[-1], fixed.parameters.get(path[-1]) if path[0] == "Parameters" else None
    asked = value.get("Std:JsonGet", {})
    parts = _PART.findall(str(asked.get("Path", "")))
    names = [part for part in parts if part != "value"]
    content: Any = _fetch_property_file(source, fixed, steps, asked.get("PropertyFile", {}))
    for part in parts:
        content = content.get(part) if isinstance(content, dict) else None
    return (names[-1].replace("_", " ") if names else ""), content


def _fetch_property_file(source: Source, fixed: Fixed, steps: Mapping[str, StepView], reference: object) -> object:
    path = str(reference.get("Get", "") if isinstance(reference, dict) else reference).split(".")
    if len(path) < 4 or path[1] not in steps:
        return None
    _, job = fetch_job(source, steps[path[1]].metadata)
    outputs = dict(list_outputs(job or {}))
    for file in _list_files(fixed, path[1]):
        if file["PropertyFileName"] == path[-1] and file["OutputName"] in outputs:
            return _fetch_json(source, f"{outputs[file['OutputName']].rstrip('/')}/{file['FilePath']}")
    return None


def _fetch_json(source: Source, uri: str) -> object:
    return source.once(("json", uri), lambda: storage.fetch_json(source, uri), lambda found: found is not None)


def _list_files(fixed: Fixed, step: str) -> Iterator[dict[str, str]]:
    for body, _ in flatten_steps(fixed.definition["Steps"]):
        if body["Name"] == step:
            yield from body.get("PropertyFiles", [])


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _write(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, float):
        return f"{value:.4f}"
    return value if isinstance(value, str) else json.dumps(value)
