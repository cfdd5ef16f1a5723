"""Instances whose server has ended are replaced, as AWS replaces instances that fail their health checks."""

from __future__ import annotations

import logging

from localaws.aws import Aws
from localaws.hosting import states
from localaws.hosting.fleet import Fleet
from localaws.hosting.instance import HostingFailure

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_REST_SECONDS = 10.0  # before a server that would not start is tried again


def keep_healing(aws: Aws) -> None:
    """Look at every endpoint each second until the local AWS stops."""
    while not aws.live.stopping.wait(_LOOK_SECONDS):
        try:
            heal(aws)
        except HostingFailure as failure:
            logger.warning("An instance could not be replaced: %s", failure)
            aws.live.stopping.wait(_REST_SECONDS)
        except Exception:
            logger.exception("Endpoints could not be looked after")


def heal(aws: Aws) -> None:
    """Replace what has ended; an endpoint that is being updated is left to its update."""
    for name, router in list(aws.live.routers.items()):
        ailing = [fleet for fleet in router.fleets if _ails(fleet)]
        if ailing and (states.load(aws, name) or {}).get("EndpointStatus") == "InService":
            for fleet in ailing:
                fleet.replace_ended(aws.live.stopping.is_set)


def _ails(fleet: Fleet) -> bool:
    wanted = sum(variant.count for variant in fleet.plan.variants)
    return sum(instance.alive for instance in fleet.instances) < wanted
