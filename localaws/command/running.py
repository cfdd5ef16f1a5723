"""What a local AWS does at the moment, for who is about to stop it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localaws.clients import Clients
from localaws.keys import Credentials
from localaws.settings import Settings

_RUNNING = ("Executing", "Stopping")
_NEWEST = 100


@dataclass(frozen=True)
class Running:
    """An execution that has not ended."""

    pipeline: str
    id: str


def list_running(settings: Settings, root: Credentials) -> list[Running]:
    """The executions that run, of every pipeline in every region; none where the local AWS does not answer."""
    try:
        return [found for region in settings.used_regions() for found in _list_in(region, root)]
    except (ClientError, BotoCoreError):
        return []


def _list_in(region: Settings, root: Credentials) -> list[Running]:
    sagemaker = Clients(region, root).get("sagemaker")
    pages = sagemaker.get_paginator("list_pipelines").paginate()
    names = [pipeline["PipelineName"] for page in pages for pipeline in page["PipelineSummaries"]]
    return [found for name in names for found in _list_of(sagemaker, name)]


def _list_of(sagemaker: Any, pipeline: str) -> list[Running]:  # noqa: ANN401 - a boto3 client
    listed = sagemaker.list_pipeline_executions(
        PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending", MaxResults=_NEWEST
    )["PipelineExecutionSummaries"]
    return [
        Running(pipeline, item["PipelineExecutionArn"].rsplit("/", 1)[1])
        for item in listed
        if item["PipelineExecutionStatus"] in _RUNNING
    ]
