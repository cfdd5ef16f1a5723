"""Runs a build from its queue to its end, as CodeBuild does in a container of its own."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from pathlib import Path

from localaws.aws import Aws
from localaws.builds import buildspec, environment, phases, records, source
from localaws.builds.errors import YAML_FILE_ERROR, BuildError
from localaws.builds.log import BuildLog, forget_old
from localaws.builds.projects import PRINCIPAL
from localaws.clients import Clients
from localaws.jobs.container import remember
from localaws.jobs.supervise import JOBS_AT_ONCE
from localaws.keys import Credentials
from localaws.shapes import Document
from localaws.store import retry_until_stored
from localaws.tasks import Stop

logger = logging.getLogger(__name__)

INTERRUPTED = "The local AWS ended while this build was under way; start the build again."
MINUTE = 60  # seconds
_POLL_SECONDS = 0.2

# Builds that run at once on this machine; others are queued, as they are where an account's limit is reached.
_slots = threading.BoundedSemaphore(JOBS_AT_ONCE)


def begin(aws: Aws, build: Document) -> None:
    """Run a build in a thread of its own."""
    aws.tasks.start(build["arn"], lambda stop: _Run(aws, build["id"], stop).to_its_end())


def folder_of(aws: Aws, build_id: str) -> Path:
    """The folder of a build: its log, and while it runs its source."""
    return aws.settings.builds / build_id.rpartition(":")[2]


def recover(aws: Aws) -> None:
    """After a start: end the builds of the process before, which run no more."""
    for build in aws.store.all(records.KIND):
        if not build["buildComplete"]:
            records.leave(aws, build["id"], "FAULT", BuildError(INTERRUPTED, "INTERNAL_SERVER_ERROR"))
            records.complete(aws, build["id"], "FAULT")
            shutil.rmtree(folder_of(aws, build["id"]) / "src", ignore_errors=True)


class _Run:
    """One build under way; watches its phases."""

    def __init__(self, aws: Aws, build_id: str, stop: Stop) -> None:
        self._aws = aws
        self._id = build_id
        self._stop = stop
        forget_old(aws.settings.builds)
        self._folder = folder_of(aws, build_id).resolve()
        self._log = BuildLog(self._folder)
        self._phase = ""

    def to_its_end(self) -> None:
        """Run the build, and write down how it ended whatever happens."""
        status = "FAULT"
        try:
            status = self._run_when_there_is_room()
        except BuildError as error:
            status = "FAILED"
            self.leave(error)
        except Exception as error:
            logger.exception("%s ended unexpectedly", self._id)
            self.leave(BuildError(f"{type(error).__name__}: {error}", "INTERNAL_SERVER_ERROR"), status)
        finally:
            shutil.rmtree(self._folder / "src", ignore_errors=True)
            self._log.close()
            retry_until_stored(lambda: records.complete(self._aws, self._id, status))

    def _run_when_there_is_room(self) -> str:
        self.enter("QUEUED")
        while not _slots.acquire(timeout=_POLL_SECONDS):
            if self.stopped():
                return "STOPPED"
        try:
            return self._run()
        finally:
            _slots.release()

    def _run(self) -> str:
        build = records.get(self._aws, self._id)
        self.enter("PROVISIONING")
        clients, credentials = self._take_on(build["serviceRole"])
        self.enter("DOWNLOAD_SOURCE")
        self._log.open_stream(clients, build)
        folder = self._folder / "src"
        commit = source.download(self._aws, build, folder)
        if commit:
            records.resolve(self._aws, self._id, commit)
        spec = _read(source.find_buildspec(build, folder))
        self.leave()
        build = records.get(self._aws, self._id)
        variables = environment.make(self._aws.settings, build, folder, credentials)
        failure = phases.run(spec, folder, variables, self, build["timeoutInMinutes"] * MINUTE)
        if failure is None:
            for phase in ("UPLOAD_ARTIFACTS", "FINALIZING"):
                self.enter(phase)
                self.leave()
            return "SUCCEEDED"
        return "STOPPED" if failure.stopped else "TIMED_OUT" if failure.timed_out else "FAILED"

    def _take_on(self, role: str) -> tuple[Clients, Credentials]:
        """Who writes the log and runs the commands: the build's role, where IAM is enforced."""
        if self._aws.authority is None:
            return self._aws.clients, self._aws.sessions.of(role, self._aws.settings.account, "codebuild")
        clients = self._aws.authority.clients(role, PRINCIPAL)
        return clients, clients.credentials

    def write(self, text: str) -> None:
        """Take what was printed."""
        self._log.write(text)

    def note(self, sentence: str) -> None:
        """Take a line of CodeBuild itself."""
        at = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime())
        self._log.write(f"[Container] {at} {sentence}\n")

    def enter(self, phase: str) -> None:
        """A phase begins."""
        self._phase = phase
        records.enter(self._aws, self._id, phase)
        self.note(f"Entering phase {phase}")

    def leave(self, error: BuildError | None = None, status: str = "FAILED") -> None:
        """The phase has ended: well, or with an error and a status."""
        ended = status if error or status != "FAILED" else "SUCCEEDED"
        records.leave(self._aws, self._id, ended, error)
        self.note(f"Phase complete: {self._phase} State: {ended}")
        if error:
            self.note(f"Phase context status code: {error.code} Message: {error}")

    def stopped(self) -> bool:
        """Whether the build was stopped; asked often, so that lines are brought to CloudWatch Logs meanwhile."""
        self._log.flush_if_due()
        return self._stop.requested

    def started(self, pid: int) -> None:
        """Remember a shell, lest it outlive a local AWS that is killed."""
        remember(self._folder / "shell", pid)


def _read(text: str) -> buildspec.Buildspec:
    try:
        return buildspec.parse(text)
    except BuildError as error:
        raise BuildError(str(error), YAML_FILE_ERROR) from error
