"""What is only in memory of the endpoints: the routers of those that serve, captures and metrics not yet written."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localaws.hosting.captures import Captures
from localaws.hosting.metrics import Metrics
from localaws.hosting.router import Router

if TYPE_CHECKING:  # Aws holds this.
    from localaws.aws import Aws

logger = logging.getLogger(__name__)

_FLUSH_SECONDS = 1.0


@dataclass(frozen=True)
class Live:
    """The endpoints that serve, by name."""

    routers: dict[str, Router] = field(default_factory=dict)
    captures: Captures = field(default_factory=Captures)
    metrics: Metrics = field(default_factory=Metrics)
    stopping: threading.Event = field(default_factory=threading.Event)

    def flush(self, aws: Aws) -> None:
        """Write captures to S3, metrics to CloudWatch, and the servers' lines to CloudWatch Logs."""
        work: list[Callable[[], None]] = [
            lambda: self.captures.flush(lambda role: aws.acting_as(role).clients.s3),
            lambda: self.metrics.flush(aws.clients.get("cloudwatch")),
        ]
        work += [
            instance.flush_log
            for router in list(self.routers.values())
            for fleet in router.fleets
            for instance in fleet.instances
        ]
        for flush in work:
            try:
                flush()
            except Exception:
                # One bucket that is gone must not keep the others' captures back.
                logger.exception("An endpoint's captures, metrics or logs could not be written")

    def keep_flushing(self, aws: Aws) -> None:
        """Flush every second until the local AWS stops."""
        while not self.stopping.wait(_FLUSH_SECONDS):
            self.flush(aws)
