"""Whether a training would make anything new: its data, code and parameters, beside those of versions that are there.

The live version and the one registered last are looked at: what drift or a batch started before is one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource
from common.live_model import Package

REVIEW = "review/"
_WITHOUT_EFFECT = frozenset({"CommitId", "LiveModelUri", "ModelApprovalStatus", "StartReason", "StartedBy"})
"""Parameters that tell where a run comes from and what becomes of its version; what is trained is the same."""
_NUMBERS = frozenset({"Integer", "Float"})
_STANDINGS = {"Approved": "is approved", "Rejected": "was rejected"}


@dataclass(frozen=True)
class Twin:
    """A version that a training would only make again, and the execution that made it."""

    number: int
    standing: str
    execution: str

    @property
    def sentence(self) -> str:
        """Why a training would be for nothing."""
        return (
            f"Version {self.number}, which {self.standing}, was trained on the same data with the same code and "
            "parameters, so a training would make the same model again."
        )


@dataclass(frozen=True)
class Plan:
    """What a training would run: the pipeline's definition, as JSON, and the parameters that it would be given."""

    pipeline: str
    definition: str
    parameters: Mapping[str, str]


def find_twin(sagemaker: Any, group: str, live: Package | None, plan: Plan) -> Twin | None:  # noqa: ANN401
    """Find the version that a training would make again; None where something is new, or where that is not known."""
    for package in _list_candidates(sagemaker, group, live):
        execution = str(package.get("MetadataProperties", {}).get("GeneratedBy", ""))
        known = package.get("CustomerMetadataProperties", {}).get("dataset_version")
        if known == plan.parameters["DatasetVersion"] and _has_run(sagemaker, execution, plan):
            return Twin(package["ModelPackageVersion"], _tell_standing(package, live), execution)
    return None


def tell_next(s3: Any, bucket: str) -> str:  # noqa: ANN401
    """What a person can do for a training to learn something, with the number of images that wait for a label."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=REVIEW)
    waiting = sum(not entry["Key"].endswith(("/", "/.keep")) for entry in listed.get("Contents", []))
    if not waiting:
        return "No image waits for a label: send new ones with `scones ingest DIR`, which starts a training."
    count = f"More than {waiting}" if listed.get("IsTruncated") else str(waiting)
    images = "image waits" if count == "1" else "images wait"
    return (
        f"{count} {images} for a label: give it on the page or with `scones label`, then close the batch there or with "
        "`scones ingest --close`, which starts a training."
    )


def _list_candidates(sagemaker: Any, group: str, live: Package | None) -> Iterator[Package]:  # noqa: ANN401
    """The live version, then the one that was registered last; before the first there is no group."""
    if live is not None:
        yield live
    newest = {"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 1}
    listed = find_resource(sagemaker.list_model_packages, ModelPackageGroupName=group, **newest) or {}
    for summary in listed.get("ModelPackageSummaryList", []):
        if not _is_same(summary, live):
            yield sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])


def _is_same(package: Package, live: Package | None) -> bool:
    return live is not None and package["ModelPackageArn"] == live["ModelPackageArn"]


def _tell_standing(package: Package, live: Package | None) -> str:
    if _is_same(package, live):
        return "is live"
    return _STANDINGS.get(package.get("ModelApprovalStatus", ""), "waits for approval")


def _has_run(sagemaker: Any, execution: str, plan: Plan) -> bool:  # noqa: ANN401
    """Whether an execution of this pipeline ran what is planned; not where it is gone."""
    # SageMaker writes a pipeline's ARN in small letters. Others' executions are not this function's to read.
    if f":pipeline/{plan.pipeline}/execution/".lower() not in execution.lower():
        return False
    described = find_resource(sagemaker.describe_pipeline_definition_for_execution, PipelineExecutionArn=execution)
    if described is None:
        return False
    theirs, ours = json.loads(described["PipelineDefinition"]), json.loads(plan.definition)
    if theirs != ours:
        return False
    pages = sagemaker.get_paginator("list_pipeline_parameters_for_execution").paginate(PipelineExecutionArn=execution)
    given = {entry["Name"]: entry["Value"] for page in pages for entry in page["PipelineParameters"]}
    return _complete(ours, given) == _complete(ours, plan.parameters)


def _complete(definition: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str | float]:
    """The values that decide what is trained: those given, else the definition's defaults; numbers by their value."""
    kinds = {entry["Name"]: entry["Type"] for entry in definition.get("Parameters", [])}
    defaults = {entry["Name"]: str(entry.get("DefaultValue", "")) for entry in definition.get("Parameters", [])}
    return {
        name: float(value) if kinds.get(name) in _NUMBERS and value else value
        for name, value in {**defaults, **given}.items()
        if name not in _WITHOUT_EFFECT
    }
