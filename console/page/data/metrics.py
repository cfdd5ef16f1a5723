"""How well a model does, from the reports that the steps of its execution declare as property files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.page.data import step as steps
from console.page.data import storage
from console.page.data.execution import Execution
from console.page.data.executions import fixed
from console.page.data.source import Source


def read(source: Source, execution: Execution) -> dict[str, float]:
    """The single numbers in the reports of an execution's steps that have succeeded."""
    found: dict[str, float] = {}
    for uri in _reports(source, execution):
        found |= of_file(source, uri)
    return found


def of_file(source: Source, uri: str) -> dict[str, float]:
    """The single numbers in one report, which is written once."""
    return source.once(("metrics", uri), lambda: dict(_numbers(storage.read_json(source, uri))), bool)


def _reports(source: Source, execution: Execution) -> Iterator[str]:
    for body in fixed(source, execution.snapshot.arn).definition["Steps"]:
        step = execution.step(body["Name"])
        if step is None or step.status != "Succeeded" or not body.get("PropertyFiles"):
            continue
        _, described = steps.describe(source, step)
        places = dict(steps.outputs(described or {}))
        for wanted in body["PropertyFiles"]:
            if wanted["OutputName"] in places:
                yield f"{places[wanted['OutputName']].rstrip('/')}/{wanted['FilePath']}"


def _numbers(report: Any, name: str = "") -> Iterator[tuple[str, float]]:  # noqa: ANN401 - whatever the file holds
    """`{"accuracy": {"value": 0.9}}` is accuracy 0.9, however deep it lies; curves and tables are left out."""
    if not isinstance(report, dict):
        return
    value = report.get("value")
    if isinstance(value, int | float) and not isinstance(value, bool) and name:
        yield name, float(value)
        return
    for inner, content in report.items():
        yield from _numbers(content, inner)
