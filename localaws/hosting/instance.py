"""One instance of a variant: the servers of its model's containers, each in a directory of its own, with its log."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping

from localaws.aws import Aws
from localaws.failures import JobFailure
from localaws.jobs.inference_pipeline import ContainerFailure, InferencePipeline, list_names
from localaws.jobs.logs import JobLog
from localaws.jobs.role import acting_as
from localaws.serving.fleet import Fleet
from localaws.serving.instance import Reply
from localaws.serving.plans import Plan, VariantPlan

LOG_GROUP = "/aws/sagemaker/Endpoints"
_GRACE_SECONDS = 5.0


class HostingFailure(Exception):
    """An instance cannot serve; the text becomes the endpoint's FailureReason."""


class Instance:
    """Servers that are started, asked and stopped. `in_flight` is the router's count of its open requests."""

    def __init__(self, aws: Aws, endpoint: str, variant: VariantPlan) -> None:
        self._aws = aws
        self._variant = variant
        self._id = f"i-{secrets.token_hex(9)[:17]}"
        self._root = aws.settings.endpoints / endpoint / self._id
        self._logs = [self._open_log(endpoint, name) for name in self._list_streams()]
        self._pipeline: InferencePipeline | None = None
        self.in_flight = 0

    def start(self, given_up: Callable[[], bool]) -> None:
        """Fetch the model, start the servers and wait until they answer /ping; raises HostingFailure."""
        try:
            aws = acting_as(self._aws, self._variant.role)
            for log in self._logs:
                log.write_as(aws.clients)
            pipeline = InferencePipeline(aws, self._variant.containers, self._root)
            self._pipeline = pipeline
            pipeline.bring()
            pipeline.start({}, self._logs, self._variant.startup_seconds, given_up)
        except JobFailure as failure:
            # Where a model cannot be brought, AWS gives the reason alone.
            raise HostingFailure(str(failure).removeprefix("ClientError: ")) from failure
        except ContainerFailure as failure:
            # The first sentence is AWS's.
            raise HostingFailure(
                f"The {failure.name} container for production variant {self._variant.name} did not pass the ping "
                f"health check. {failure}"
            ) from failure

    @property
    def alive(self) -> bool:
        """Whether the servers are running."""
        return self._pipeline is not None and self._pipeline.running

    async def post(self, body: bytes, headers: Mapping[str, str], target: str | None = None) -> Reply:
        """Ask the model, or its container of a host name."""
        if self._pipeline is None:
            raise HostingFailure(f"The instance {self._id} has not been started.")
        return await self._pipeline.answer(body, headers, target)

    def flush_log(self) -> None:
        """Bring new lines to CloudWatch Logs."""
        for log in self._logs:
            log.flush(paced=True)

    def stop(self) -> None:
        """End the servers and remove their directories; the logs stay."""
        if self._pipeline is not None:
            self._pipeline.end(_GRACE_SECONDS)
            for root in self._pipeline.roots:
                shutil.rmtree(root, ignore_errors=True)
        for log in self._logs:
            log.close()

    def _list_streams(self) -> list[str]:
        """A stream of the instance, or of several containers one each: `i-0123/container-1`."""
        if len(self._variant.containers) == 1:
            return [self._id]
        return [f"{self._id}/{name}" for name in list_names(self._variant.containers)]

    def _open_log(self, endpoint: str, stream: str) -> JobLog:
        folder = self._aws.settings.endpoints / endpoint / "logs" / self._variant.name
        file = folder / f"{stream}.log"
        return JobLog(self._aws.clients, file, f"{LOG_GROUP}/{endpoint}", f"{self._variant.name}/{stream}")


def build_fleet(aws: Aws, endpoint: str, plan: Plan) -> Fleet:
    """The instances of a plan, not started yet."""
    return Fleet(plan, lambda variant: Instance(aws, endpoint, variant))
