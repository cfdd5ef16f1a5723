"""Versions of a pipeline: List, and a name and a description for each. Pipelines are described and started by them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListPipelineVersions.html
"""

from __future__ import annotations

from localaws import listing
from localaws.aws import Aws, now
from localaws.engine import records as executions
from localaws.operations import SAGEMAKER, Named
from localaws.records import pipeline_versions as versions
from localaws.sagemaker import pipelines
from localaws.sagemaker.pipelines import KIND, PIPELINE
from localaws.shapes import Document, project_as

_ORDER = listing.Order({versions.ID: versions.ID}, by=versions.ID)
_LAST = "LastExecutedPipelineExecution"


@SAGEMAKER.operation("ListPipelineVersions", on=(PIPELINE,))
def list_pipeline_versions(aws: Aws, request: Document) -> Document:
    """The versions of a pipeline, the latest first, each with the last execution that was started from it."""
    found = versions.list_all(aws, pipelines.find(aws, request["PipelineName"]))
    chosen, more = listing.page(request, found, _ORDER, versions.ID)
    return {"PipelineVersionSummaries": [_summary(item) for item in chosen], **more}


@SAGEMAKER.operation("UpdatePipelineVersion", on=(Named("PipelineArn", KIND, keeps_case=True),))
def update_pipeline_version(aws: Aws, request: Document) -> Document:
    """Name or describe a version."""
    with aws.store.transaction():
        pipeline, number = pipelines.find(aws, request["PipelineArn"]), request[versions.ID]
        given = {
            name: request[name]
            for name in ("PipelineVersionDisplayName", "PipelineVersionDescription")
            if name in request
        }
        versions.change(aws, pipeline, number, **given, LastModifiedTime=now())
    return {"PipelineArn": pipeline["PipelineArn"], versions.ID: number}


def list_searched(aws: Aws) -> list[Document]:
    """Every version of every pipeline, as Search has it: beside it the state of its last execution."""
    return [_searched(aws, version) for version in aws.store.all(versions.VERSION)]


def _summary(version: Document) -> Document:
    last = version.get(f"{_LAST}Arn")
    return {
        **project_as("PipelineVersionSummary", version),
        **({"LastExecutionPipelineExecutionArn": last} if last else {}),
    }


def _searched(aws: Aws, version: Document) -> Document:
    found = {**version, "Key": f"{version['PipelineArn']}/{version[versions.ID]:020}"}
    last = aws.store.get(executions.EXECUTION, version.get(f"{_LAST}Arn", ""))
    if last:
        found[f"{_LAST}Status"] = last["PipelineExecutionStatus"]
        found[f"{_LAST}DisplayName"] = last["PipelineExecutionDisplayName"]
    return found
