"""A build's log: a file, which stays and which a push follows, and the project's stream in CloudWatch Logs."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from botocore.exceptions import ClientError

from localaws.builds.errors import BuildError
from localaws.clients import Clients
from localaws.jobs.logs import JobLog
from localaws.settings import BUILD_LOG
from localaws.shapes import Document

STREAM = "stream"  # what CloudWatch Logs has, with the time of each line
_MOST_BUILDS = 50
_FLUSH_SECONDS = 1.0


class BuildLog:
    """Takes what a build prints, in pieces of any size; CloudWatch Logs gets whole lines, once a second."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / BUILD_LOG
        self._file = self.path.open("w", encoding="utf-8", newline="\n")
        self._stream: JobLog | None = None
        self._rest = ""
        self._due = 0.0

    def open_stream(self, clients: Clients, build: Document) -> None:
        """Begin the stream under the build's role; raises BuildError, in AWS's words, where the role may not."""
        place = build["logs"].get("cloudWatchLogs", {})
        if place.get("status") == "DISABLED":
            return
        group, stream = build["logs"]["groupName"], build["logs"]["streamName"]
        try:
            _create_stream(clients, group, stream)
        except ClientError as error:
            raise BuildError(
                f"Service role {build['serviceRole']} does not allow AWS CodeBuild to create Amazon CloudWatch Logs "
                f"log streams for build {build['arn']}. Error message: {error.response['Error'].get('Message')}",
                "ACCESS_DENIED",
            ) from error
        self._stream = JobLog(clients, self.path.with_name(STREAM), group, stream, created=True)

    def write(self, text: str) -> None:
        """Print."""
        self._file.write(text)
        self._file.flush()
        if self._stream:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in lines:
                self._stream.write(line.rstrip("\r"))
        self.flush_if_due()

    def flush_if_due(self) -> None:
        """Bring lines to CloudWatch Logs where that was not done within the last second."""
        if self._stream and time.monotonic() >= self._due:
            self._due = time.monotonic() + _FLUSH_SECONDS
            self._stream.flush()

    def close(self) -> None:
        """Flush and close; the file stays."""
        if self._stream:
            if self._rest:
                self._stream.write(self._rest)
            self._stream.close()
        self._file.close()


def forget_old(builds: Path) -> None:
    """Delete the folders of the oldest builds, so that there is space for one more."""
    folders = sorted((path for path in builds.glob("*") if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for folder in folders[: -_MOST_BUILDS + 1]:
        shutil.rmtree(folder, ignore_errors=True)


def _create_stream(clients: Clients, group: str, stream: str) -> None:
    # The template makes the group, and the role may make none: it is made only where it is missing, as CodeBuild does.
    try:
        clients.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        clients.logs.create_log_group(logGroupName=group)
        clients.logs.create_log_stream(logGroupName=group, logStreamName=stream)
