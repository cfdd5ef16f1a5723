"""One instance of a variant: a model server in a directory of its own, with its log."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping

from localaws.aws import Aws
from localaws.failures import JobFailure
from localaws.images.pulling import pull
from localaws.jobs.logs import JobLog
from localaws.jobs.model_server import ModelServer, unpack_model
from localaws.jobs.role import acting_as
from localaws.serving.fleet import Fleet
from localaws.serving.instance import Reply
from localaws.serving.plans import Plan, VariantPlan

LOG_GROUP = "/aws/sagemaker/Endpoints"
_GRACE_SECONDS = 5.0


class HostingFailure(Exception):
    """An instance cannot serve; the text becomes the endpoint's FailureReason."""


class Instance:
    """A server that is started, asked and stopped. `in_flight` is the router's count of its open requests."""

    def __init__(self, aws: Aws, endpoint: str, variant: VariantPlan) -> None:
        self._aws = aws
        self._variant = variant
        self._id = f"i-{secrets.token_hex(9)[:17]}"
        self._root = aws.settings.endpoints / endpoint / self._id
        self._log = JobLog(
            aws.clients,
            aws.settings.endpoints / endpoint / "logs" / variant.name / f"{self._id}.log",
            f"{LOG_GROUP}/{endpoint}",
            f"{variant.name}/{self._id}",
        )
        self._server: ModelServer | None = None
        self.in_flight = 0

    def start(self, given_up: Callable[[], bool]) -> None:
        """Fetch the model, start the server and wait until it answers /ping; raises HostingFailure."""
        try:
            self._root.mkdir(parents=True)
            aws = acting_as(self._aws, self._variant.role)
            self._log.write_as(aws.clients)
            pull(aws, self._variant.container["Image"])
            self._unpack(aws)
            self._server = ModelServer(aws, self._variant.container, self._root, {}, self._log.tell, given_up)
            self._server.start(self._log.write)
            self._server.wait_ready(self._variant.startup_seconds, given_up)
        except JobFailure as failure:
            # The first sentence is AWS's.
            raise HostingFailure(
                f"The primary container for production variant {self._variant.name} did not pass the ping health "
                f"check. {failure}"
            ) from failure

    def _unpack(self, aws: Aws) -> None:
        """Bring the model; where that fails, AWS gives the reason alone."""
        try:
            unpack_model(aws, self._variant.container, self._root)
        except JobFailure as failure:
            raise HostingFailure(str(failure).removeprefix("ClientError: ")) from failure

    @property
    def alive(self) -> bool:
        """Whether the server is running."""
        return self._server is not None and self._server.running

    def post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Ask the model."""
        if self._server is None:
            raise HostingFailure(f"The instance {self._id} has not been started.")
        return self._server.invoke(body, headers)

    def flush_log(self) -> None:
        """Bring new lines to CloudWatch Logs."""
        self._log.flush()

    def stop(self) -> None:
        """End the server and remove its directory; the log stays."""
        if self._server is not None:
            self._server.end(_GRACE_SECONDS)
        self._log.close()
        shutil.rmtree(self._root, ignore_errors=True)


def build_fleet(aws: Aws, endpoint: str, plan: Plan) -> Fleet:
    """The instances of a plan, not started yet."""
    return Fleet(plan, lambda variant: Instance(aws, endpoint, variant))
