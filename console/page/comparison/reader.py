"""The metrics of an execution's model, from the reports that its steps declare as property files."""

from __future__ import annotations

from collections.abc import Iterator

from console.page.execution.reader import Execution, describe_job, list_outputs
from console.page.executions.reader import fetch_fixed
from console.page.source import Source
from console.page.version.reader import fetch_numbers


def fetch_metrics(source: Source, execution: Execution) -> dict[str, float]:
    """The single numbers in the reports of an execution's steps that have succeeded."""
    found: dict[str, float] = {}
    for uri in _reports(source, execution):
        found |= fetch_numbers(source, uri)
    return found


def _reports(source: Source, execution: Execution) -> Iterator[str]:
    for body in fetch_fixed(source, execution.snapshot.arn).definition["Steps"]:
        step = execution.step(body["Name"])
        if step is None or step.status != "Succeeded" or not body.get("PropertyFiles"):
            continue
        _, described = describe_job(source, step)
        outputs = dict(list_outputs(described or {}))
        for file in body["PropertyFiles"]:
            if file["OutputName"] in outputs:
                yield f"{outputs[file['OutputName']].rstrip('/')}/{file['FilePath']}"
