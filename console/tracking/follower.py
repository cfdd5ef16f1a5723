"""Keeps MLflow up to date while executions run: a pass every few seconds, in a process that ends with the local AWS."""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from console.errors import CommandError
from console.page.source import Source
from console.target import Target
from console.tracking import reading
from localaws.environment import SAFE, with_packages
from localaws.process import answers

if TYPE_CHECKING:
    from console.tracking.record import Record
    from console.tracking.tracker import Tracker

logger = logging.getLogger(__name__)

VARIABLE = "MLFLOW_TRACKING_URI"
_PASS_SECONDS = {True: 2.0, False: 15.0}  # on the local AWS, and on AWS, which answers so many calls a second
_PATIENCE = 3  # passes in which the local AWS does not answer


class Follower:
    """What was written of which execution; one whose state has not changed is not asked for again."""

    def __init__(self, source: Source, tracker: Tracker) -> None:
        self._source = source
        self._tracker = tracker
        self._written = {
            arn: state.partition(" ")[0]
            for experiment in source.project.pipeline_names
            for arn, state in tracker.list_written(experiment).items()
        }
        self._approvals: dict[int, str] = {}

    def write_changes(self) -> int:
        """Bring MLflow up to date; answers how many runs were written."""
        count = 0
        for arn, status in reading.list_keys(self._source):
            if self._changed(arn, status):
                self._write(reading.fetch_execution(self._source, arn), status)
                count += 1
        for run in reading.list_checks(self._source):
            if self._changed(run.arn, run.status):
                self._write(reading.read_check(self._source, run), run.status)
                count += 1
        approvals = reading.list_approvals(self._source)
        if approvals != self._approvals:
            self._tracker.write_approvals(self._source.project.model_package_group, approvals)
            self._approvals = approvals
        return count

    def _changed(self, arn: str, status: str) -> bool:
        return self._written.get(arn) != status

    def _write(self, record: Record, status: str) -> None:
        # One that is retried goes on.
        self._written.pop(record.key, None)
        self._tracker.write(record)
        if record.end:
            self._written[record.key] = status


def build(target: Target) -> Follower:
    """A follower of a target's project; raises CommandError where MLflow is not named or cannot be had."""
    if not os.environ.get(VARIABLE):
        raise CommandError(f"{VARIABLE} names no server; set it, such as to http://127.0.0.1:5000.", 2)
    from console.tracking.tracker import Tracker

    source = Source(target.local)
    return Follower(source, Tracker(source))


def follow(target: Target) -> None:
    """Write changes until the local AWS has ended, or for ever on AWS; a second follower of a home ends at once."""
    if target.local is None:
        _repeat(target)
        return
    with (target.local.home / "mlflow.lock").open("w") as lock, suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _repeat(target)


def _repeat(target: Target) -> None:
    from mlflow.exceptions import MlflowException

    follower, missed = None, 0
    while missed < _PATIENCE:
        try:
            missed = 0 if target.local is None or answers(target.local) else missed + 1
            if not missed:
                follower = follower or build(target)
                follower.write_changes()
        except (MlflowException, ClientError, BotoCoreError, OSError) as error:
            # MLflow may be down for a while, or come later; the next pass tries it again.
            logger.warning("%s", error)
        time.sleep(_PASS_SECONDS[target.local is not None])


def start(target: Target, environment: Mapping[str, str]) -> None:
    """Start a follower of the local AWS in the background, with this environment; its log lies in the home."""
    if target.local is None:
        return
    with (target.local.home / "mlflow.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, *SAFE, "-m", "console", "mlflow", "--follow"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=with_packages(environment)
            | {"SCONES_PORT": str(target.local.port), "SCONES_HOME": str(target.local.home)},
        )
