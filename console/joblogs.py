"""The log lines of a step's job, from CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_GROUPS = {"ProcessingJob": "ProcessingJobs", "TrainingJob": "TrainingJobs", "TransformJob": "TransformJobs"}


def lines(logs: Any, metadata: dict[str, Any]) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    """Each line that the step's containers printed; nothing for a step without a job, or a job without a log."""
    for member, group in _GROUPS.items():
        if member in metadata:
            job = metadata[member]["Arn"].rsplit("/", 1)[1]
            yield from _events(logs, f"/aws/sagemaker/{group}", job)


def _events(logs: Any, group: str, job: str) -> Iterator[str]:  # noqa: ANN401
    streams = _streams(logs, group, job)
    for stream in streams:
        mark = f"[{stream.rsplit('/', 1)[1].rsplit('-', 1)[0]}] " if len(streams) > 1 else ""
        token: dict[str, str] = {}
        while True:
            page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **token)
            for event in page["events"]:
                yield mark + event["message"]
            # The last page answers the token that it was asked with.
            if not page["events"] or page["nextForwardToken"] == token.get("nextToken"):
                break
            token = {"nextToken": page["nextForwardToken"]}


def _streams(logs: Any, group: str, job: str) -> list[str]:  # noqa: ANN401
    # Stream names keep the case of the job's name, which ARNs lose.
    try:
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=group, logStreamNamePrefix="-".join(job.split("-")[:2])
        )
        names = [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return sorted(name for name in names if name.lower().startswith(job.lower() + "/"))
