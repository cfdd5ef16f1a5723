"""Model Monitor's schedule for the endpoint, its executions, and the reports that they leave in S3."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from console import endpoint
from console.errors import CommandError
from console.target import Target

ENDED = ("Completed", "CompletedWithViolations", "Failed", "Stopped")
_WAIT_SECONDS = 1_800
_POLL_SECONDS = 0.5
_MISSING = ("ResourceNotFound", "NoSuchKey", "404")


@dataclass(frozen=True)
class Report:
    """What one execution found, and where it wrote it."""

    address: str
    violations: list[dict[str, str]]


def schedule_name(target: Target) -> str:
    """The name of the endpoint's hourly schedule."""
    return f"{endpoint.name(target)}-drift"


def describe(target: Target) -> dict[str, Any] | None:
    """The hourly schedule; None before a version is live."""
    try:
        described: dict[str, Any] = target.client("sagemaker").describe_monitoring_schedule(
            MonitoringScheduleName=schedule_name(target)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return None
    return described


def require(target: Target) -> dict[str, Any]:
    """The hourly schedule, or the sentence that says how to come by one."""
    found = describe(target)
    if found is None:
        raise CommandError("Nothing is monitored yet; approve a version with `scones approve VERSION`.")
    return found


def executions(target: Target, most: int) -> list[dict[str, Any]]:
    """The newest executions for the endpoint, those that a person started included."""
    answer = target.client("sagemaker").list_monitoring_executions(
        EndpointName=endpoint.name(target), SortBy="CreationTime", SortOrder="Descending", MaxResults=most
    )
    found: list[dict[str, Any]] = answer["MonitoringExecutionSummaries"]
    return found


def report(target: Target, execution: dict[str, Any]) -> Report | None:
    """The report of an execution; None where it has written none."""
    if "ProcessingJobArn" not in execution:
        return None
    job = target.client("sagemaker").describe_processing_job(
        ProcessingJobName=execution["ProcessingJobArn"].rsplit("/", 1)[1]
    )
    address: str = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"].rstrip("/")
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    try:
        body = target.client("s3").get_object(Bucket=bucket, Key=f"{prefix}/constraint_violations.json")["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return None
    return Report(address, json.loads(body)["violations"])


def await_baseline(target: Target) -> None:
    """Wait until the live version's baseline has been written; raises CommandError where its job failed."""
    config = require(target)["MonitoringScheduleConfig"]["MonitoringJobDefinition"]["BaselineConfig"]
    bucket, _, key = config["ConstraintsResource"]["S3Uri"].removeprefix("s3://").partition("/")
    _until(lambda: _exists(target, bucket, key), f"The baseline s3://{bucket}/{key} was not written")


def run_now(target: Target, hours: int) -> dict[str, Any]:
    """Run the schedule's job once over the past hours, and answer its execution when it has ended."""
    job = require(target)["MonitoringScheduleConfig"]["MonitoringJobDefinition"]
    _forget_former(target)
    name = f"{schedule_name(target)}-now-{datetime.now(UTC):%Y%m%d%H%M%S}"
    once = {
        "ScheduleExpression": "NOW",
        "DataAnalysisStartTime": f"-PT{hours}H",
        "DataAnalysisEndTime": "-PT0H",
    }
    target.client("sagemaker").create_monitoring_schedule(
        MonitoringScheduleName=name,
        MonitoringScheduleConfig={"ScheduleConfig": once, "MonitoringJobDefinition": job},
    )
    ended: list[dict[str, Any]] = []
    _until(lambda: _has_ended(target, name, ended), f"The run {name} did not end")
    return ended[0]


def _forget_former(target: Target) -> None:
    """One-time schedules stay when they are done, and SageMaker allows an endpoint only so many."""
    sagemaker = target.client("sagemaker")
    for execution in executions(target, 100):
        name = execution["MonitoringScheduleName"]
        if "-now-" in name and execution["MonitoringExecutionStatus"] in ENDED:
            sagemaker.delete_monitoring_schedule(MonitoringScheduleName=name)


def _has_ended(target: Target, name: str, ended: list[dict[str, Any]]) -> bool:
    answer = target.client("sagemaker").list_monitoring_executions(MonitoringScheduleName=name)
    ended += [item for item in answer["MonitoringExecutionSummaries"] if item["MonitoringExecutionStatus"] in ENDED]
    return bool(ended)


def _exists(target: Target, bucket: str, key: str) -> bool:
    try:
        target.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return False
    return True


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise CommandError(f"{otherwise} within {_WAIT_SECONDS} s; see the processing jobs of SageMaker.")
        time.sleep(_POLL_SECONDS)
