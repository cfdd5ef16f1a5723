"""The metrics of an execution's model, from the reports that its steps declare as property files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.page import storage
from console.page.jobs import fetch_job, list_outputs
from console.page.source import Source


def fetch_metrics(
    source: Source, definition: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]]
) -> dict[str, float]:
    """The single numbers in the reports of an execution's steps that have succeeded (AWS's answers, by name)."""
    found: dict[str, float] = {}
    for uri in _reports(source, definition, steps):
        found |= fetch_numbers(source, uri)
    return found


def _reports(source: Source, definition: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for body in definition["Steps"]:
        step = steps.get(body["Name"], {})
        if step.get("StepStatus") != "Succeeded" or not body.get("PropertyFiles"):
            continue
        _, described = fetch_job(source, step.get("Metadata", {}))
        outputs = dict(list_outputs(described or {}))
        for file in body["PropertyFiles"]:
            if file["OutputName"] in outputs:
                yield f"{outputs[file['OutputName']].rstrip('/')}/{file['FilePath']}"


def fetch_numbers(source: Source, uri: str) -> dict[str, float]:
    """The single numbers in an evaluation's JSON, which is written once; empty where there is no such file."""

    def fetch() -> dict[str, float] | None:
        report = storage.fetch_json(source, uri)
        return None if report is None else dict(_numbers(report))

    return source.once(("metrics", uri), fetch, lambda numbers: numbers is not None) or {}


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
