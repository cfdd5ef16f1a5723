"""The pipeline's executions, the only memory of what was started when, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from start_training.call import Kind

AUTOMATIC = "auto-"
"""Begins the display names of executions that this function started without a person's word."""
LONGEST_RUN = timedelta(days=28)
"""As long as SageMaker lets an execution run: what is older does not run any more."""
_BATCHES = "Batches: "
_RUNNING = frozenset({"Executing", "Stopping"})


@dataclass(frozen=True)
class Execution:
    """What a listing tells of an execution."""

    arn: str
    name: str
    status: str
    started: datetime
    description: str = ""

    @property
    def is_running(self) -> bool:
        return self.status in _RUNNING

    @property
    def kind(self) -> Kind | None:
        """Why this function started it; None where a person, a push or another tool did."""
        return next((kind for kind in (Kind.DRIFT, Kind.BATCH) if self.name.startswith(prefix(kind))), None)

    @property
    def batches(self) -> frozenset[str]:
        """The batches that the execution was started with."""
        return frozenset(self.description.partition(_BATCHES)[2].split())


def prefix(kind: Kind) -> str:
    """How the display name of an execution of this kind begins."""
    return f"{kind}-" if kind is Kind.PERSON else f"{AUTOMATIC}{kind}-"


def describe(sentence: str, batches: list[str]) -> str:
    """A description that says why, and which batches go with it; `Execution.batches` reads it again."""
    return " ".join([f"{sentence}.", *([_BATCHES + " ".join(batches)] if batches else [])])


def list_recent(sagemaker: Any, pipeline: str, now: datetime, reach: timedelta) -> list[Execution]:  # noqa: ANN401
    """Executions, newest first: all within `reach` and all that may still run; of older ones the newest only."""
    oldest = now - max(reach, LONGEST_RUN)
    found: list[Execution] = []
    for execution in _list(sagemaker, pipeline):
        if found and execution.started < oldest:
            break
        found.append(execution)
    return found


def _list(sagemaker: Any, pipeline: str) -> Iterator[Execution]:  # noqa: ANN401 - boto3's clients have no static type
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(
        PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending"
    )
    for page in pages:
        for summary in page["PipelineExecutionSummaries"]:
            yield Execution(
                arn=summary["PipelineExecutionArn"],
                name=summary.get("PipelineExecutionDisplayName", ""),
                status=summary["PipelineExecutionStatus"],
                started=summary["StartTime"],
                description=summary.get("PipelineExecutionDescription", ""),
            )
