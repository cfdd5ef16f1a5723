"""After a start: what the process before had under way is ended, with a reason that says so."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from localaws.aws import Aws
from localaws.builds import records as builds
from localaws.builds import runner as build_runner
from localaws.builds.log import STREAM
from localaws.engine import executor, records
from localaws.hosting import lifecycle
from localaws.hosting.instance import LOG_GROUP
from localaws.jobs import container, logs
from localaws.monitoring import executions
from localaws.records import endpoints, pipeline_versions
from localaws.records.jobs import ENDED, KINDS, fail_job
from localaws.settings import HEALTH
from localaws.tuning import runner

_READY_SECONDS = 30
_SAVED_EVERY = 10.0


def recover(aws: Aws) -> list[str]:
    """End left-over containers; fail interrupted jobs and executions, which can then be retried.

    Answers the executions that only waited for callbacks: they go on when `resume_callbacks` is given them.
    """
    pipeline_versions.number_earlier(aws)
    container.kill_left_over(aws.settings.jobs)
    container.kill_left_over(aws.settings.endpoints)
    container.kill_left_over(aws.settings.builds)
    for endpoint in aws.store.all(endpoints.KIND):
        lifecycle.interrupt(aws, endpoint)
    for kind in KINDS:
        for job in aws.store.all(kind.noun):
            if job[kind.status] not in ENDED:
                fail_job(aws, kind, job[kind.name], executor.INTERRUPTED)
    executions.interrupt(aws)
    build_runner.recover(aws)
    under_way = [
        execution["PipelineExecutionArn"]
        for execution in aws.store.all(records.EXECUTION)
        if execution["PipelineExecutionStatus"] in ("Executing", "Stopping")
    ]
    waiting = [arn for arn in under_way if executor.can_resume(aws, arn)]
    for arn in under_way:
        if arn not in waiting:
            executor.interrupt(aws, arn)
    return waiting


def restore_logs(aws: Aws, saved_state: Path) -> None:
    """Once the port answers, put back the log lines that the process before had not saved."""
    saved = saved_state / "cloudwatch_logs.json"
    _wait_until_serving(aws.settings.endpoint)
    since = saved.stat().st_mtime - _SAVED_EVERY if saved.exists() else 0
    logs.restore(aws.clients, aws.settings.jobs, since)
    for folder in aws.settings.endpoints.glob("*/logs"):
        for file in folder.rglob("*.log"):
            if file.stat().st_mtime >= since:
                stream = file.relative_to(folder).with_suffix("").as_posix()
                logs.restore_stream(aws.clients, file, f"{LOG_GROUP}/{folder.parent.name}", stream)
    for build in aws.store.all(builds.KIND):
        file = build_runner.folder_of(aws, build["id"]) / STREAM
        if file.exists() and file.stat().st_mtime >= since:
            logs.restore_stream(aws.clients, file, build["logs"]["groupName"], build["logs"]["streamName"])


def revive_endpoints(aws: Aws) -> None:
    """Once the port answers, as models come from S3, start the endpoints' instances again."""
    for endpoint in aws.store.all(endpoints.KIND):
        lifecycle.revive(aws, endpoint)


def resume_tuning(aws: Aws) -> None:
    """Once the port answers, as training jobs read S3, go on with the tuning jobs."""
    runner.resume(aws)


def resume_callbacks(aws: Aws, executions: Sequence[str]) -> None:
    """Once the port answers, as messages and later steps need it, go on with what waits for callbacks."""
    for arn in executions:
        executor.start(aws, arn)
        # A stop is looked for after the start: one that comes meanwhile reaches the running execution itself.
        if records.execution(aws, arn)["PipelineExecutionStatus"] == "Stopping":
            aws.tasks.stop(arn)


def _wait_until_serving(endpoint: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{endpoint}{HEALTH}", timeout=1):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
