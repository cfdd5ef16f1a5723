"""Finds the execution that a person means, and its steps."""

from __future__ import annotations

from typing import Any

from console.errors import CommandError


def find(sagemaker: Any, pipeline: str, reference: str | None) -> str:  # noqa: ANN401 - a boto3 client
    """The ARN of an execution given by its ARN, its id (or the beginning of it), or nothing for the newest one."""
    if reference and reference.startswith("arn:"):
        return reference
    for summary in summaries(sagemaker, pipeline):
        arn: str = summary["PipelineExecutionArn"]
        if reference is None or arn.rsplit("/", 1)[1].startswith(reference):
            return arn
    if reference is None:
        raise CommandError(f"The pipeline {pipeline} has no execution; start one with `scones run`.")
    raise CommandError(f"The pipeline {pipeline} has no execution {reference!r}; `scones executions` lists them.")


def summaries(sagemaker: Any, pipeline: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """All executions of a pipeline, newest first; none where the pipeline does not exist yet."""
    try:
        pages = sagemaker.get_paginator("list_pipeline_executions").paginate(
            PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending"
        )
        return [summary for page in pages for summary in page["PipelineExecutionSummaries"]]
    except sagemaker.exceptions.ResourceNotFound:
        return []


def started_steps(sagemaker: Any, arn: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """The steps of an execution that have started, by name."""
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(PipelineExecutionArn=arn)
    return {step["StepName"]: step for page in pages for step in page["PipelineExecutionSteps"]}


def identifier(arn: str) -> str:
    """The last part of an ARN: an execution's id, a job's name."""
    return arn.rsplit("/", 1)[1]
