"""The log lines of a step's job and of an endpoint, from CloudWatch Logs."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

_GROUPS = {"ProcessingJob": "ProcessingJobs", "TrainingJob": "TrainingJobs", "TransformJob": "TransformJobs"}
_ENDPOINTS = "/aws/sagemaker/Endpoints"
_TUNING = "TuningJob"  # its logs are those of its training jobs, whose names begin with its own
_MOST_LINES = 5_000
_MOST_JOBS = 100
_ASK_SECONDS = 1.5
_LIST_SECONDS = 15.0


def lines(logs: Any, metadata: dict[str, Any]) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    """Each line that the step's containers printed; nothing for a step without a job, or a job without a log."""
    for group, job in _jobs(metadata):
        yield from _events(logs, group, job)


def lines_of_endpoint(logs: Any, endpoint: str) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    """Each line that the endpoint's containers printed, instance after instance as they began, marked with it."""
    group = f"{_ENDPOINTS}/{endpoint}"
    streams = _list_streams(logs, logGroupName=group)
    for stream in sorted(streams, key=itemgetter("creationTime")):
        name = stream["logStreamName"]
        for _, messages in read_stream(logs, group, name):
            yield from (f"[{name}] {message}" for message in messages)


@dataclass
class _Tail:
    """What has been read of one job's log."""

    tokens: dict[str, str] = field(default_factory=dict)
    kept: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_LINES))
    asked: float = 0.0
    listed: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Tails:
    """Logs that are read repeatedly: only new lines are fetched, and not more often than they appear."""

    def __init__(self) -> None:
        self._tails: dict[str, _Tail] = {}
        self._lock = threading.Lock()

    def lines(self, logs: Any, metadata: dict[str, Any]) -> list[str]:  # noqa: ANN401 - a boto3 client
        found: list[str] = []
        for group, job in _jobs(metadata):
            with self._lock:
                if len(self._tails) > _MOST_JOBS:
                    self._tails.clear()
                tail = self._tails.setdefault(job, _Tail())
            with tail.lock:
                if time.monotonic() - tail.asked > _ASK_SECONDS:
                    _top_up(logs, group, job, tail)
                    tail.asked = time.monotonic()
                found += tail.kept
        return found


def _top_up(logs: Any, group: str, job: str, tail: _Tail) -> None:  # noqa: ANN401
    # Other hosts' streams appear while a job starts; they are listed now and then.
    if not tail.tokens or time.monotonic() - tail.listed > _LIST_SECONDS:
        tail.tokens = {stream: tail.tokens.get(stream, "") for stream in _streams(logs, group, job)}
        tail.listed = time.monotonic()
    for stream in tail.tokens:
        for token, event in _read(logs, group, stream, tail.tokens[stream], len(tail.tokens) > 1):
            tail.tokens[stream] = token
            tail.kept += event


def _jobs(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for member, group in _GROUPS.items():
        if member in metadata:
            yield f"/aws/sagemaker/{group}", metadata[member]["Arn"].rsplit("/", 1)[1] + "/"
    if _TUNING in metadata:
        yield "/aws/sagemaker/TrainingJobs", metadata[_TUNING]["Arn"].rsplit("/", 1)[1] + "-"


def _events(logs: Any, group: str, job: str) -> Iterator[str]:  # noqa: ANN401
    streams = _streams(logs, group, job)
    for stream in streams:
        for _, messages in _read(logs, group, stream, "", len(streams) > 1):
            yield from messages


def read_stream(logs: Any, group: str, stream: str, token: str = "") -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401
    """The pages of a stream after a token, each with the token that follows it."""
    while True:
        given = {"nextToken": token} if token else {}
        page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **given)
        before, token = token, page["nextForwardToken"]
        yield token, [event["message"] for event in page["events"]]
        # The last page answers the token that it was asked with.
        if not page["events"] or token == before:
            break


def _read(logs: Any, group: str, stream: str, token: str, marked: bool) -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401
    mark = f"[{_short(stream)}] " if marked else ""
    for following, lines in read_stream(logs, group, stream, token):
        yield following, [mark + line for line in lines]


def _short(stream: str) -> str:
    """What tells a stream from the others of its step: the instance, and before it the trial of a search."""
    job, _, instance = stream.rpartition("/")
    host = instance.rsplit("-", 1)[0]
    return host if job.startswith("pipelines-") else f"{'-'.join(job.split('-')[-2:])}/{host}"


def _streams(logs: Any, group: str, job: str) -> list[str]:  # noqa: ANN401
    # Stream names keep the case of the job's name, which ARNs lose: its first parts are in lower case anyway.
    parts = job.split("-")
    prefix = "-".join(parts[:2] if parts[0] == "pipelines" else parts[:1])
    streams = _list_streams(logs, logGroupName=group, logStreamNamePrefix=prefix)
    names = [stream["logStreamName"] for stream in streams]
    return sorted(name for name in names if name.lower().startswith(job.lower()))


def _list_streams(logs: Any, **asked: str) -> list[dict[str, Any]]:  # noqa: ANN401
    try:
        pages = logs.get_paginator("describe_log_streams").paginate(**asked)
        return [stream for page in pages for stream in page["logStreams"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
