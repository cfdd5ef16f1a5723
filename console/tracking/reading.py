"""Executions and drift checks as records, read from AWS's APIs alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from common.masking import mask_values
from common.s3 import parse_s3_address
from console import registry
from console.drift.backend import ENDED as CHECKED
from console.drift.backend import Run
from console.drift.checks import fetch_report, find_backend
from console.executions import ENDED, fetch_fixed, fetch_steps, identifier, list_summaries
from console.page.jobs import fetch_job, list_outputs
from console.page.metrics import fetch_metrics
from console.page.source import Source
from console.progress.snapshot import fetch_training, flatten_steps
from console.results import fetch_result
from console.tracking.record import File, Point, Record, Version, list_epochs, parse_trial, translate_status
from console.tuning import list_trials_of

_NEWEST_CHECKS = 50
_MOST_FILES = 100
_LARGEST_FILE = 20 * 1024 * 1024


def list_keys(source: Source) -> list[tuple[str, str]]:
    """The ARN of each execution of the training pipeline, the oldest first, and the state that it has."""
    summaries = list_summaries(source.client("sagemaker"), source.project.pipeline_name)
    return [(item["PipelineExecutionArn"], item["PipelineExecutionStatus"]) for item in reversed(summaries)]


def list_approvals(source: Source) -> dict[int, str]:
    """SageMaker's word for the approval of each version."""
    return {item["ModelPackageVersion"]: item["ModelApprovalStatus"] for item in registry.list_summaries(source)}


def fetch_execution(source: Source, arn: str) -> Record:
    """One execution, with its curves, its numbers, its reports, its version and the trials of its search."""
    sagemaker, experiment = source.client("sagemaker"), source.project.pipeline_name
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    fixed, steps, result = fetch_fixed(sagemaker, arn), fetch_steps(sagemaker, arn), fetch_result(source, arn)
    status, start = described["PipelineExecutionStatus"], described["CreationTime"]
    end = described["LastModifiedTime"] if status in ENDED else None
    numbers = fetch_metrics(source, fixed.definition, steps)
    curves = [point for step in steps.values() for point in _list_curves(source, step)]
    shown = mask_values(fixed.parameters)
    return Record(
        key=arn,
        experiment=experiment,
        name=described.get("PipelineExecutionDisplayName") or identifier(arn),
        status=translate_status(status),
        state=f"{status} {described['LastModifiedTime'].isoformat()}",
        start=start,
        end=end,
        parameters={**shown, **({"Profile": result.profile} if result.profile else {})},
        points=[*curves, *(Point(name, value, 0, end or start) for name, value in numbers.items())],
        tags={
            "mlflow.user": result.started_by,
            "mlflow.source.git.commit": shown.get("CommitId", ""),
            "mlflow.source.name": experiment,
            "trigger": result.trigger,
            "failure": described.get("FailureReason", ""),
        },
        files=list(_list_reports(source, fixed.definition, steps)) if end else [],
        version=_find_version(source, steps),
        trials=[parse_trial(trial, experiment) for trial in list_trials_of(sagemaker, arn)],
    )


def list_checks(source: Source) -> list[Run]:
    """The newest checks for drift, the oldest first; none before a version is live."""
    backend = find_backend(source)
    return [run for run in reversed(backend.runs(_NEWEST_CHECKS)) if run.arn] if backend else []


def read_check(source: Source, run: Run) -> Record:
    """One check for drift, with its report."""
    ended = run.status in (*CHECKED, *ENDED)
    report = fetch_report(source, run)
    found = [Point("violations", len(report.violations), 0, run.at)] if report else []
    return Record(
        key=run.arn,
        experiment=source.project.monitoring_pipeline_name,
        name=run.id,
        status=translate_status(run.status),
        state=run.status,
        start=run.at,
        end=run.at if ended else None,
        points=found,
        tags={"mlflow.user": run.by, "failure": run.reason},
        files=list(_list_files(source, report.address, "drift")) if report and ended else [],
    )


def _list_curves(source: Source, step: Mapping[str, Any]) -> Iterator[Point]:
    metadata = step.get("Metadata", {})
    if "TrainingJob" in metadata and "StartTime" in step:
        yield from list_epochs(fetch_training(source.client, dict(metadata)), step["StartTime"])


def _list_reports(
    source: Source, definition: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]]
) -> Iterator[File]:
    """What lies beside the property files that steps declare: the reports, and not the images of other outputs."""
    for body, _ in flatten_steps(definition["Steps"]):
        declared = {file["OutputName"] for file in body.get("PropertyFiles", [])}
        if declared:
            _, described = fetch_job(source, steps.get(body["Name"], {}).get("Metadata", {}))
            for name, address in list_outputs(described or {}):
                if name in declared:
                    yield from _list_files(source, address, name)


def _list_files(source: Source, address: str, folder: str) -> Iterator[File]:
    """The files below an address, as artifacts of a folder; large ones stay in S3, where their address leads."""
    place = parse_s3_address(address)
    if place is None:
        return
    prefix = place.key.rstrip("/") + "/"
    listed = source.client("s3").list_objects_v2(Bucket=place.bucket, Prefix=prefix, MaxKeys=_MOST_FILES)
    for item in listed.get("Contents", []):
        name = item["Key"].removeprefix(prefix)
        if name and item["Size"] <= _LARGEST_FILE:
            yield File(f"s3://{place.bucket}/{item['Key']}", f"{folder}/{name}")


def _find_version(source: Source, steps: Mapping[str, Mapping[str, Any]]) -> Version | None:
    for step in steps.values():
        if "RegisterModel" in step.get("Metadata", {}):
            _, package = fetch_job(source, step["Metadata"])
            if package:
                return Version(
                    group=package["ModelPackageGroupName"],
                    number=package["ModelPackageVersion"],
                    artifact=package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"],
                    approval=package["ModelApprovalStatus"],
                )
    return None
