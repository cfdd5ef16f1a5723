"""The runs with their details: AWS's list at once, what it leaves out a few runs at a time, and again what may change.

A run that has succeeded does not change. One that runs is read again each time; one that has failed or was stopped can
be retried from anywhere, which only its description tells, so a few of those are looked at in turn.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from common.masking import mask_values
from common.training_profile import find_profile
from console.executions import ENDED, fetch_steps, find_version, identifier
from console.page.fixed import fetch_fixed
from console.page.metrics import fetch_metrics
from console.page.run import Details, Run, Runs
from console.page.source import Source
from console.results import measure_work, parse_trigger

MOST = 5_000
_PAGE = 100
# Details of a run take about six calls, once.
_DETAILS_AT_ONCE = 12
_RUNNING_AT_ONCE = 6
_LOOKED_AT = 2
_THREADS = 4
_LIST_ALL_SECONDS = 60.0
# Who started it, why, and from which commit have members of their own; the data's version is no person's choice.
_SHOWN_ELSEWHERE = ("CommitId", "StartedBy", "StartReason", "DatasetVersion")


class RunBook:
    """All runs that are known; each `read` knows more of them."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._looked: dict[str, float] = {}
        self._token: str | None = None
        self._listed_at: float | None = None
        self._lock = threading.Lock()

    def read(self, source: Source) -> Runs:
        """Bring the list up to date, and the details of some runs; the first read is of one page, without any."""
        with self._lock:
            first = not self._runs
            self._list(source)
            # Details take many calls, which whoever has just opened the page does not wait for.
            self._detail(source, [] if first else self._choose())
            rows = sorted(self._runs.values(), key=lambda run: (run.start, run.arn), reverse=True)
            return Runs(tuple(rows), self._listed_at is not None)

    def forget_details(self, arn: str) -> None:
        """Read a run's details anew: something was changed here."""
        with self._lock:
            if arn in self._runs:
                self._runs[arn] = replace(self._runs[arn], details=None)

    def _list(self, source: Source) -> None:
        first = not self._runs
        found, token = _fetch_page(source, None)
        due = self._listed_at is None or time.monotonic() - self._listed_at > _LIST_ALL_SECONDS
        while token and due and not first and len(found) < MOST:
            more, token = _fetch_page(source, token)
            found += more
        if token is None or (due and not first):
            self._listed_at = time.monotonic()
            # What is gone from AWS's list, as after a wipe, is gone here.
            self._runs = {run.arn: self._runs[run.arn] for run in found if run.arn in self._runs}
        for run in found:
            self._take(run)

    def _take(self, run: Run) -> None:
        known = self._runs.get(run.arn)
        # Details belong to the status that they were read with: a run that was retried ends again.
        keeps = known is not None and (known.status == run.status or not run.ended)
        self._runs[run.arn] = replace(run, details=known.details if known and keeps else None)

    def _choose(self) -> list[Run]:
        """The runs whose details are read now: those that run, the newest without any, and some that may be retried."""
        newest = sorted(self._runs.values(), key=lambda run: run.start, reverse=True)
        running = [run for run in newest if run.details and not run.ended][:_RUNNING_AT_ONCE]
        missing = [run for run in newest if run.details is None][:_DETAILS_AT_ONCE]
        if missing:
            return running + missing
        settled = [run for run in newest if run.status in ("Failed", "Stopped")]
        return running + sorted(settled, key=lambda run: self._looked.get(run.arn, 0.0))[:_LOOKED_AT]

    def _detail(self, source: Source, chosen: list[Run]) -> None:
        source.client("sagemaker")  # made once, not by several threads
        with ThreadPoolExecutor(_THREADS) as threads:
            for run in threads.map(lambda run: fetch_run(source, run), chosen):
                self._runs[run.arn] = run
                self._looked[run.arn] = time.monotonic()


def _fetch_page(source: Source, token: str | None) -> tuple[list[Run], str | None]:
    sagemaker = source.client("sagemaker")
    request = {"PipelineName": source.project.pipeline_name, "MaxResults": _PAGE}
    request |= {"SortBy": "CreationTime", "SortOrder": "Descending"} | ({"NextToken": token} if token else {})
    try:
        answer = sagemaker.list_pipeline_executions(**request)
    except sagemaker.exceptions.ResourceNotFound:
        return [], None
    return [_parse_summary(summary) for summary in answer["PipelineExecutionSummaries"]], answer.get("NextToken")


def _parse_summary(summary: dict[str, Any]) -> Run:
    return Run(
        arn=summary["PipelineExecutionArn"],
        id=identifier(summary["PipelineExecutionArn"]),
        name=summary.get("PipelineExecutionDisplayName", ""),
        status=summary["PipelineExecutionStatus"],
        start=summary["StartTime"],
        reason=summary.get("PipelineExecutionFailureReason", ""),
    )


def fetch_run(source: Source, run: Run) -> Run:
    """A run with its details as they are now."""
    sagemaker = source.client("sagemaker")
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=run.arn)
    status, changed = described["PipelineExecutionStatus"], described["LastModifiedTime"]
    if run.details and run.details.changed == changed and status in ENDED and run.status == status:
        return run
    fixed, steps = fetch_fixed(source, run.arn), fetch_steps(sagemaker, run.arn)
    shown = mask_values(fixed.changed)
    by, reason = shown.get("StartedBy", ""), shown.get("StartReason", "")
    ends = [step["EndTime"] for step in steps.values() if "EndTime" in step]
    details = Details(
        changed=changed,
        # A note that is written later changes the execution as well: it ends with its last step.
        end=(max(ends) if ends else changed) if status in ENDED else None,
        seconds=measure_work(steps.values(), datetime.now(UTC)),
        profile=find_profile(fixed.definition) or "",
        trigger=parse_trigger(by, reason),
        started_by=by,
        start_reason=reason,
        commit=shown.get("CommitId", ""),
        note=described.get("PipelineExecutionDescription", ""),
        version=find_version(step.get("Metadata", {}) for step in steps.values()),
        parameters={name: value for name, value in shown.items() if name not in _SHOWN_ELSEWHERE},
        metrics=fetch_metrics(source, fixed.definition, steps),
    )
    return replace(run, status=status, reason=described.get("FailureReason", ""), details=details)
