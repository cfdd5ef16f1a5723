"""The metrics of an execution's model, from the reports that its steps declare as property files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.page.jobs import fetch_job, list_outputs
from console.page.source import Source
from console.page.version.reader import fetch_numbers


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
