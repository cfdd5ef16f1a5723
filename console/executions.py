"""Executions of the pipelines: the one that a person means, its definition and steps, stop and retry."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from common.aws_errors import find_resource
from console.errors import CommandError
from console.target import Target

ENDED = ("Succeeded", "Failed", "Stopped")
_ARN = re.compile(r"arn:[\w-]+:sagemaker:[\w-]+:\d{12}:pipeline/[^/]+/execution/[^/]+")
LATEST = "latest"
"""What a person may write in place of an id or a number."""
OPENING = "Step failure: One or multiple steps failed. "
"""How SageMaker begins the reason of every failed execution."""


@dataclass(frozen=True)
class Fixed:
    """What of an execution never changes: its definition, and the value of every parameter."""

    definition: dict[str, Any]
    parameters: dict[str, str]

    @property
    def changed(self) -> dict[str, str]:
        """The parameters that differ from the defaults of the execution's own definition."""
        defaults = {item["Name"]: str(item.get("DefaultValue")) for item in self.definition.get("Parameters", [])}
        return {name: value for name, value in self.parameters.items() if defaults.get(name) != value}


def get_arn(sagemaker: Any, pipelines: Sequence[str], reference: str | None) -> str:  # noqa: ANN401 - a boto3 client
    """The ARN of an execution of one of these pipelines given by its ARN or its id (or the beginning of it).

    None or `latest` means the newest one of the first pipeline.
    """
    reference = None if reference == LATEST else reference
    if reference and reference.startswith("arn:"):
        if not _ARN.fullmatch(reference):
            raise CommandError(
                f"{reference} is no ARN of an execution; those end in :pipeline/NAME/execution/ID, and the id alone "
                "will do: `scones executions` lists them."
            )
        if find_resource(sagemaker.describe_pipeline_execution, PipelineExecutionArn=reference) is None:
            raise CommandError(f"There is no execution {reference}; `scones executions` lists them.")
        return reference
    for pipeline in pipelines if reference else pipelines[:1]:
        for summary in iter_summaries(sagemaker, pipeline):
            arn: str = summary["PipelineExecutionArn"]
            if reference is None or identifier(arn).startswith(reference):
                return arn
    if reference is None:
        raise CommandError(f"The pipeline {pipelines[0]} has no execution; start one with `scones run`.")
    names = " or ".join(pipelines)
    raise CommandError(f"There is no execution {reference!r} of {names}; `scones executions` lists them.")


def list_summaries(sagemaker: Any, pipeline: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """All executions of a pipeline, newest first; none where the pipeline does not exist yet."""
    return list(iter_summaries(sagemaker, pipeline))


def iter_summaries(sagemaker: Any, pipeline: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """The same, fetched page by page: whoever looks for one of the newest asks for no more pages than that takes."""
    try:
        for page in sagemaker.get_paginator("list_pipeline_executions").paginate(
            PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending"
        ):
            yield from page["PipelineExecutionSummaries"]
    except sagemaker.exceptions.ResourceNotFound:
        return


def fetch_steps(sagemaker: Any, arn: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """The steps of an execution that have started, by name."""
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(PipelineExecutionArn=arn)
    return {step["StepName"]: step for page in pages for step in page["PipelineExecutionSteps"]}


def find_version(metadata: Iterable[Mapping[str, Any]]) -> int | None:
    """The number of the version that an execution has registered, by its steps' metadata; None where it has none."""
    for each in metadata:
        number = str(each.get("RegisterModel", {}).get("Arn", "")).rpartition("/")[2]
        if number.isdecimal():
            return int(number)
    return None


def fetch_fixed(sagemaker: Any, arn: str) -> Fixed:  # noqa: ANN401 - a boto3 client
    """Fetch an execution's definition and parameters."""
    text = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)["PipelineDefinition"]
    pages = sagemaker.get_paginator("list_pipeline_parameters_for_execution").paginate(PipelineExecutionArn=arn)
    return Fixed(
        json.loads(text), {item["Name"]: item["Value"] for page in pages for item in page["PipelineParameters"]}
    )


def identifier(arn: str) -> str:
    """The last part of an ARN: an execution's id, a job's name."""
    return arn.rsplit("/", 1)[1]


def stop(target: Target, arn: str) -> None:
    """Stop an execution and the jobs that it runs; raises CommandError for one that has ended."""
    status = _fetch_status(target, arn)
    if status in ENDED:
        raise CommandError(f"There is nothing to stop: {identifier(arn)} is {status} already.")
    target.client("sagemaker").stop_pipeline_execution(
        PipelineExecutionArn=arn, ClientRequestToken=secrets.token_hex(16)
    )


def _fetch_status(target: Target, arn: str) -> str:
    described = target.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
    status: str = described["PipelineExecutionStatus"]
    return status


def set_note(target: Target, arn: str, note: str) -> None:
    """Keep a person's note with an execution, as its description."""
    target.client("sagemaker").update_pipeline_execution(PipelineExecutionArn=arn, PipelineExecutionDescription=note)


def retry(target: Target, arn: str) -> None:
    """Retry a failed or stopped execution with its own definition.

    Raises CommandError for one of another status, and PipelineError where its image is missing.
    """
    from pipelines.clients import make_client
    from pipelines.images import check_images, list_images

    status = _fetch_status(target, arn)
    if status == "Succeeded":
        raise CommandError(f"There is nothing to retry: {identifier(arn)} has Succeeded. `scones run` starts another.")
    if status not in ENDED:
        raise CommandError(f"{identifier(arn)} is {status}; only what is Failed or Stopped can be retried.")
    sagemaker = target.client("sagemaker")
    described = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    check_images(list_images(described["PipelineDefinition"], arn.split(":")[4]), partial(make_client, "ecr"))
    sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=secrets.token_hex(16))
