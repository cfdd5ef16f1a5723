"""What commands and page ask of the stack's drift check."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import ClientError

from console.drift import model_monitor, pipeline
from console.drift.backend import ENDED, MISSING, Backend, Once, Run, read_always
from console.errors import CommandError
from console.target import Target

T = TypeVar("T")
_WAIT_SECONDS = 900
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Report:
    """What one run found, and where it wrote it."""

    address: str
    violations: list[dict[str, str]]


def find_backend(target: Target, once: Once = read_always) -> Backend | None:
    """The stack's backend; None before a version is live."""
    return pipeline.find(target, once) or model_monitor.find(target, once)


def get_backend(target: Target) -> Backend:
    """The stack's backend; raises CommandError before a version is live."""
    found = find_backend(target)
    if found is None:
        raise CommandError("Nothing is monitored yet; approve a version with `scones approve VERSION`.")
    return found


def fetch_report(target: Target, run: Run) -> Report | None:
    """The report of a run; None where it has written none."""
    if not run.report:
        return None
    bucket, _, prefix = run.report.removeprefix("s3://").partition("/")
    try:
        body = target.client("s3").get_object(Bucket=bucket, Key=f"{prefix}/constraint_violations.json")["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        return None
    return Report(run.report, json.loads(body)["violations"])


def await_baseline(target: Target) -> None:
    """Wait until the schedule names the live version's baseline and that is written, which follow its deployment."""
    backend = _wait_for(lambda: find_backend(target), "The schedule was not pointed at a baseline")
    address = f"{backend.schedule().baseline}/constraints.json"
    bucket, _, key = address.removeprefix("s3://").partition("/")
    _wait_for(lambda: _exists(target, bucket, key) or None, f"The baseline {address} was not written")


def run_now(target: Target, hours: int) -> Run:
    """Run once over the past hours, and answer the run when it has ended."""
    backend = get_backend(target)
    name = backend.start(hours)
    return _wait_for(lambda: _ended(backend, name), f"The run {name} did not end")


def _ended(backend: Backend, name: str) -> Run | None:
    run = backend.find(name)
    return run if run and run.status in ENDED else None


def _exists(target: Target, bucket: str, key: str) -> bool:
    try:
        target.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        return False
    return True


def _wait_for(find: Callable[[], T | None], otherwise: str) -> T:
    deadline = time.monotonic() + _WAIT_SECONDS
    while (found := find()) is None:
        if time.monotonic() > deadline:
            raise CommandError(
                f"{otherwise} within {_WAIT_SECONDS} s; see the log of the function refresh-workflow, and SageMaker's "
                "processing jobs."
            )
        time.sleep(_POLL_SECONDS)
    return found
