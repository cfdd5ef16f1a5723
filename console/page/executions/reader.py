"""The list of executions, a page of AWS's at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.masking import mask_values
from console import executions
from console.executions import Fixed, identifier
from console.page.source import Source
from console.progress.snapshot import ENDED

PAGE = 25
# Details of a row take three calls, once; a few rows a time keep the list quick and the calls few.
_DETAILS_AT_ONCE = 8
_THREADS = 4
# Who started it and from which commit have columns of their own; the version of the data is no person's choice.
_SHOWN_ELSEWHERE = ("CommitId", "StartedBy", "StartReason", "DatasetVersion")


@dataclass(frozen=True)
class Details:
    """What the list of AWS leaves out; it does not change after the end."""

    end: datetime | None
    started_by: str
    start_reason: str
    commit: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """One execution; details are None until they have been read."""

    arn: str
    id: str
    name: str
    status: str
    start: datetime
    reason: str
    details: Details | None


@dataclass(frozen=True)
class Page:
    """One page of the list and the token of the next."""

    rows: tuple[Row, ...]
    next: str | None

    @property
    def complete(self) -> bool:
        return all(row.details for row in self.rows)

    @property
    def busy(self) -> bool:
        return any(row.status not in ENDED for row in self.rows)


def fetch_page(source: Source, token: str | None = None) -> Page:
    """Fetch a page, newest first; some rows may come without details, which the next fetch has."""
    sagemaker = source.client("sagemaker")
    request = {"PipelineName": source.project.pipeline_name, "MaxResults": PAGE}
    request |= {"SortBy": "CreationTime", "SortOrder": "Descending"} | ({"NextToken": token} if token else {})
    try:
        answer = sagemaker.list_pipeline_executions(**request)
    except sagemaker.exceptions.ResourceNotFound:
        return Page((), None)
    summaries = answer["PipelineExecutionSummaries"]
    with ThreadPoolExecutor(_THREADS) as threads:
        details = list(threads.map(lambda pair: _details(source, *pair), _budgeted(source, summaries)))
    rows = tuple(
        Row(
            arn=summary["PipelineExecutionArn"],
            id=identifier(summary["PipelineExecutionArn"]),
            name=summary.get("PipelineExecutionDisplayName", ""),
            status=summary["PipelineExecutionStatus"],
            start=summary["StartTime"],
            reason=summary.get("PipelineExecutionFailureReason", ""),
            details=detail,
        )
        for summary, detail in zip(summaries, details, strict=True)
    )
    return Page(rows, answer.get("NextToken"))


def _budgeted(source: Source, summaries: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Each summary, and whether its details may be asked for now."""
    left = _DETAILS_AT_ONCE
    for summary in summaries:
        known = source.knows(("fixed", summary["PipelineExecutionArn"]))
        yield summary, known or left > 0
        left -= 0 if known else 1


def _details(source: Source, summary: dict[str, Any], may_ask: bool) -> Details | None:
    if not may_ask:
        return None
    arn = summary["PipelineExecutionArn"]
    shown = mask_values(fetch_fixed(source, arn).changed)
    return Details(
        end=_end(source, arn, summary["PipelineExecutionStatus"]),
        started_by=shown.get("StartedBy", ""),
        start_reason=shown.get("StartReason", ""),
        commit=shown.get("CommitId", ""),
        parameters=tuple((key, value) for key, value in shown.items() if key not in _SHOWN_ELSEWHERE),
    )


def _end(source: Source, arn: str, status: str) -> datetime | None:
    if status not in ENDED:
        return None
    # A retried execution ends again: what is known belongs to the status that it was read with.
    described = source.once(
        ("ended", arn, status),
        lambda: source.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn),
        lambda answer: answer["PipelineExecutionStatus"] == status,
    )
    end: datetime = described["LastModifiedTime"]
    return end


def fetch_fixed(source: Source, arn: str) -> Fixed:
    """What of an execution never changes; executions of one definition share it in memory."""

    def fetch() -> Fixed:
        found = executions.fetch_fixed(source.client("sagemaker"), arn)
        text = json.dumps(found.definition, sort_keys=True).encode()
        shared = source.once(("definition", hashlib.sha256(text).digest()), lambda: found.definition)
        return Fixed(shared, found.parameters)

    return source.once(("fixed", arn), fetch)
