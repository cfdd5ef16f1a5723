"""What commands and page ask of the stack's drift check."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from common.aws_errors import find_resource
from common.s3 import S3Address, parse_s3_address
from console.drift import model_monitor, pipeline
from console.drift.backend import ENDED, Backend, Once, Run, read_always
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
    file = _parse(f"{run.report}/constraint_violations.json")
    answer = find_resource(target.client("s3").get_object, Bucket=file.bucket, Key=file.key)
    return None if answer is None else Report(run.report, json.loads(answer["Body"].read())["violations"])


def await_baseline(target: Target) -> None:
    """Wait until the schedule names the live version's baseline and that is written, which follow its deployment."""
    backend = _wait_for(lambda: find_backend(target), "The schedule was not pointed at a baseline")
    file, head_object = _parse(f"{backend.schedule().baseline}/constraints.json"), target.client("s3").head_object
    _wait_for(
        lambda: find_resource(head_object, Bucket=file.bucket, Key=file.key),
        f"The baseline {file.uri} was not written",
    )


def run_now(target: Target, hours: int) -> Run:
    """Run once over the past hours, and answer the run when it has ended."""
    backend = get_backend(target)
    name = backend.start(hours)
    return _wait_for(lambda: _ended(backend, name), f"The run {name} did not end")


def _ended(backend: Backend, name: str) -> Run | None:
    run = backend.find(name)
    return run if run and run.status in ENDED else None


def _parse(text: str) -> S3Address:
    address = parse_s3_address(text)
    if address is None:
        raise CommandError(f"{text!r} is no s3:// address.")
    return address


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
