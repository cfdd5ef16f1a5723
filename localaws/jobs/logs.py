"""A job's log: its lines to CloudWatch Logs as they come, and the last of them for the reason of a failure."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from localaws.clients import Clients
from localaws.parts import in_parts

logger = logging.getLogger(__name__)

_BATCH = 1_000  # events a call; PutLogEvents takes 10,000 and 1 MiB
_LONGEST_LINE = 16_384
_KEPT_LINES = 50
_LAST_LINES = 5
_TRACEBACK = "Traceback (most recent call last)"


class JobLog:
    """The log stream of one instance of a job, made with its first lines unless it is `created` already."""

    def __init__(self, clients: Clients, file: Path, group: str, stream: str, *, created: bool = False) -> None:
        self._logs = clients
        self._group = group
        self._stream = stream
        self._lock = threading.Lock()
        self._waiting: list[dict[str, str | int]] = []
        self._kept: deque[str] = deque(maxlen=_KEPT_LINES)
        self._created = created
        self._refused = False
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file.open("a", encoding="utf-8", newline="\n")

    def write_as(self, clients: Clients) -> None:
        """From now on, bring lines to CloudWatch Logs as another."""
        self._logs = clients

    def write(self, *lines: str) -> None:
        """Add lines that came at once."""
        now = int(time.time() * 1000)
        messages = [line[:_LONGEST_LINE] or " " for line in lines]
        with self._lock:
            self._file.write("".join(f"{now}\t{message}\n" for message in messages))
            self._file.flush()
            self._waiting += ({"timestamp": now, "message": message} for message in messages)
            self._kept += (line for line in lines if line.strip())

    def tell(self, line: str) -> None:
        """Add one line that somebody waits for."""
        self.write(line)
        self.flush()

    def flush(self, *, paced: bool = False) -> None:
        """Bring the lines that wait to CloudWatch Logs; `paced` in parts, as an endpoint's requests wait meanwhile."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if waiting and not self._refused:
            try:
                self._create()
                for part in in_parts(waiting) if paced else (waiting,):
                    put(self._logs, self._group, self._stream, part)
            except ClientError as error:
                if error.response["Error"]["Code"] != "AccessDeniedException":
                    raise
                # As on AWS, what runs under a role that may not write logs runs without; the file has the lines.
                self._refused = True
                logger.warning("No log %s/%s: %s", self._group, self._stream, error)

    @property
    def last_words(self) -> str:
        """What a program that failed said of it: from its last traceback on, or its last lines."""
        with self._lock:
            lines = list(self._kept)
        begun = [number for number, line in enumerate(lines) if line.lstrip().startswith(_TRACEBACK)]
        return "\n".join(lines[begun[-1] :] if begun else lines[-_LAST_LINES:])

    def close(self) -> None:
        """Flush and close."""
        self.flush()
        self._file.close()

    def _create(self) -> None:
        if not self._created:
            create_stream(self._logs, self._group, self._stream)
            self._created = True


def create_stream(clients: Clients, group: str, stream: str) -> None:
    """Make the group and the stream where they do not exist."""
    _unless_there(clients.logs.create_log_group, logGroupName=group)
    _unless_there(clients.logs.create_log_stream, logGroupName=group, logStreamName=stream)


def put(clients: Clients, group: str, stream: str, events: Sequence[dict[str, str | int]]) -> None:
    """Put events into an existing stream, in batches that the API takes."""
    for start in range(0, len(events), _BATCH):
        clients.log_events.put(group, stream, events[start : start + _BATCH])


def restore(clients: Clients, jobs: Path, since: float) -> None:
    """Put back the streams whose files changed after `since`: a killed process had them in memory only."""
    for file in jobs.glob("*/logs/*/*.log"):
        if file.stat().st_mtime < since:
            continue
        restore_stream(clients, file, "/aws/sagemaker/" + file.parent.name, f"{file.parents[2].name}/{file.stem}")


def restore_stream(clients: Clients, file: Path, group: str, stream: str) -> None:
    """Put back one stream from its file."""
    _delete_stream(clients, group, stream)
    create_stream(clients, group, stream)
    # Only a newline ends a line: progress bars and programs write other ends within one.
    lines = (line.partition("\t") for line in file.read_bytes().decode("utf-8", errors="replace").split("\n"))
    put(
        clients,
        group,
        stream,
        [{"timestamp": int(at), "message": text} for at, _, text in lines if at.isdigit()],
    )


def _unless_there(create: Callable[..., object], **names: str) -> None:
    try:
        create(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise


def _delete_stream(clients: Clients, group: str, stream: str) -> None:
    try:
        clients.logs.delete_log_stream(logGroupName=group, logStreamName=stream)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
