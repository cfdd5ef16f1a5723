"""What an execution was started for and has made, which AWS's list of executions leaves out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.aws_errors import find_resource
from common.masking import mask_values
from common.s3 import parse_s3_address
from common.training_profile import find_profile
from console.executions import ENDED, fetch_fixed, fetch_steps
from console.formats import add_up
from console.target import Target

_THREADS = 8
_PUSH = "rule/"
"""EventBridge's rule for pushes begins a build with this name (`StartedBy`)."""


@dataclass(frozen=True)
class Result:
    """One execution; `accuracy` is that on the test images, None before they were asked; in `seconds` a step ran."""

    end: datetime | None
    seconds: float
    profile: str | None
    accuracy: float | None
    version: int | None
    trigger: str
    started_by: str
    start_reason: str


def fetch_results(target: Target, arns: Sequence[str]) -> list[Result]:
    """The result of each execution, in the same order; about five calls each, eight executions at a time."""
    for service in ("sagemaker", "s3"):
        target.client(service)  # made once, not by several threads
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(lambda arn: fetch_result(target, arn), arns))


def fetch_result(target: Target, arn: str) -> Result:
    """The result of one execution."""
    sagemaker = target.client("sagemaker")
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    fixed, steps = fetch_fixed(sagemaker, arn), fetch_steps(sagemaker, arn)
    shown = mask_values(fixed.parameters)
    by, reason = shown.get("StartedBy", ""), shown.get("StartReason", "")
    package = _find_package(sagemaker, steps)
    accuracy = package.get("CustomerMetadataProperties", {}).get("accuracy")
    return Result(
        end=described["LastModifiedTime"] if described["PipelineExecutionStatus"] in ENDED else None,
        seconds=measure_work(steps.values(), datetime.now(UTC)),
        profile=find_profile(fixed.definition),
        accuracy=float(accuracy) if accuracy else _find_evaluated(target, steps),
        version=package.get("ModelPackageVersion"),
        trigger=parse_trigger(by, reason),
        started_by=by,
        start_reason=reason,
    )


def parse_trigger(started_by: str, reason: str) -> str:
    """What started an execution, in a word: `drift`, `batch`, `push`, or the name of a person."""
    kind, colon, _ = reason.partition(": ")
    if colon and kind.isalpha() and kind != "person":
        return kind
    return "push" if started_by.startswith(_PUSH) else started_by


def measure_work(steps: Iterable[dict[str, Any]], now: datetime) -> float:
    """Seconds in which a step ran: without the time between a failure and its retry."""
    return add_up((step["StartTime"], step.get("EndTime", now)) for step in steps if "StartTime" in step)


def _find_package(sagemaker: Any, steps: Mapping[str, dict[str, Any]]) -> dict[str, Any]:  # noqa: ANN401
    """The version that an execution has registered, as SageMaker describes it; empty where there is none."""
    for step in steps.values():
        arn = step.get("Metadata", {}).get("RegisterModel", {}).get("Arn")
        if arn:
            return find_resource(sagemaker.describe_model_package, ModelPackageName=arn) or {}
    return {}


def _find_evaluated(target: Target, steps: Mapping[str, dict[str, Any]]) -> float | None:
    """The accuracy that EvaluateModel has measured, from its file: where the gate has failed there is no version."""
    step = steps.get("EvaluateModel", {})
    job = step.get("Metadata", {}).get("ProcessingJob", {}).get("Arn")
    if step.get("StepStatus") != "Succeeded" or not job:
        return None
    describe = target.client("sagemaker").describe_processing_job
    described = find_resource(describe, ProcessingJobName=job.rsplit("/", 1)[1])
    outputs = (described or {}).get("ProcessingOutputConfig", {}).get("Outputs", [])
    uri = next((one["S3Output"]["S3Uri"] for one in outputs if one["OutputName"] == "evaluation"), None)
    place = parse_s3_address(f"{uri}/evaluation.json")
    found = place and find_resource(target.client("s3").get_object, Bucket=place.bucket, Key=place.key)
    if not found:
        return None
    accuracy = json.loads(found["Body"].read())["binary_classification_metrics"]["accuracy"]["value"]
    return float(accuracy)
