"""What goes on while endpoints serve: captures, metrics and logs are written, and ended servers are replaced.

AWS replaces an instance that fails its health checks; here its server's end is what fails.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from localaws.aws import Aws
from localaws.hosting.instance import HostingFailure
from localaws.records import endpoints
from localaws.serving.fleet import Fleet

logger = logging.getLogger(__name__)

_FLUSH_SECONDS = 1.0
_CHECK_SECONDS = 1.0
_RETRY_SECONDS = 10.0  # after a server that did not start


def keep_flushing(aws: Aws) -> None:
    """Flush every second until the local AWS stops."""
    while not aws.stopping.wait(_FLUSH_SECONDS):
        flush(aws)


def flush(aws: Aws) -> None:
    """Write captures to S3, metrics to CloudWatch, and the servers' lines to CloudWatch Logs."""
    work: list[Callable[[], None]] = [
        lambda: aws.live.captures.flush(lambda role: aws.acting_as(role).clients.objects),
        lambda: aws.live.metrics.flush(aws.clients.get("cloudwatch")),
    ]
    work += [
        instance.flush_log
        for router in list(aws.live.routers.values())
        for fleet in router.fleets
        for instance in fleet.instances
    ]
    for write in work:
        try:
            write()
        except Exception:
            # One bucket that is gone must not keep the others' captures back.
            logger.exception("An endpoint's captures, metrics or logs could not be written")


def keep_replacing(aws: Aws) -> None:
    """Check every endpoint each second until the local AWS stops."""
    while not aws.stopping.wait(_CHECK_SECONDS):
        try:
            replace_ended(aws)
        except HostingFailure as failure:
            logger.warning("An instance could not be replaced: %s", failure)
            aws.stopping.wait(_RETRY_SECONDS)
        except Exception:
            logger.exception("Endpoints could not be checked")


def replace_ended(aws: Aws) -> None:
    """Replace servers that have ended; an endpoint that is being updated is left to its update."""
    for name, router in list(aws.live.routers.items()):
        incomplete = [fleet for fleet in router.fleets if _is_incomplete(fleet)]
        if incomplete and (endpoints.find(aws, name) or {}).get("EndpointStatus") == "InService":
            for fleet in incomplete:
                fleet.replace_ended(aws.stopping.is_set)


def _is_incomplete(fleet: Fleet) -> bool:
    wanted = sum(variant.count for variant in fleet.plan.variants)
    return sum(instance.alive for instance in fleet.instances) < wanted
