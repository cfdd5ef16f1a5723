"""UpdateEndpoint: a second fleet starts beside the first, takes the traffic in steps, and replaces it or is taken back.

No request is lost: a fleet that loses its share answers what it has begun before its processes end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from localaws.aws import Aws, now
from localaws.hosting import alarms
from localaws.hosting.instance import HostingFailure, build_fleet
from localaws.hosting.policy import Policy, policy
from localaws.records import endpoints
from localaws.serving.fleet import Fleet, stop_all
from localaws.serving.plans import Plan
from localaws.serving.router import Router
from localaws.shapes import Document
from localaws.tasks import Stop

_WATCH_SECONDS = 1.0


class _TakenBack(Exception):
    """The update cannot go on; the text is the reason."""


@dataclass(frozen=True)
class _Update:
    """One update under way: `blue` serves, `green` is to replace it."""

    aws: Aws
    name: str
    router: Router
    blue: Fleet
    green: Fleet
    policy: Policy
    deadline: float
    stop: Stop
    started: float

    def enter(self, status: str, message: str = "") -> None:
        """Publish how far the update has come, in DescribeEndpoint and by an event."""
        state = {"Status": status, "StartTime": now(), **({"StatusMessage": message} if message else {})}
        variants = [
            {**variant.describe(), "InstanceType": variant.instance_type, "VariantStatus": [state]}
            for variant in self.green.plan.variants
        ]
        summary = {
            "EndpointConfigName": self.green.plan.config,
            "ProductionVariants": variants,
            "StartTime": self.started,
        }
        endpoints.deploying(self.aws, self.name, summary)


def deploy(aws: Aws, name: str, stop: Stop) -> None:
    """Take an endpoint from Updating to InService, on its pending plan or back on the one it had."""
    document = endpoints.find(aws, name) or {}
    update = _begin(aws, document, stop)
    try:
        update.enter("Creating")
        update.green.start(lambda: stop.requested or time.monotonic() > update.deadline)
        _shift(update)
    except (HostingFailure, _TakenBack) as reason:
        _roll_back(update, str(reason))
    except Exception as error:
        # At a stop of the local AWS, its other services go before this does; the next start begins anew.
        if not aws.stopping.is_set():
            _roll_back(update, f"InternalServerError: {type(error).__name__}: {error}")
        raise
    else:
        _finish(update, document["Pending"])


def _begin(aws: Aws, document: Document, stop: Stop) -> _Update:
    name = document["EndpointName"]
    router = aws.live.routers[name]
    green = build_fleet(aws, name, Plan.from_document(document["Pending"]["plan"]))
    chosen = policy(document["Pending"]["deployment"], green.plan.capacity)
    deadline = time.monotonic() + chosen.longest_seconds
    return _Update(aws, name, router, router.fleets[0], green, chosen, deadline, stop, now())


def _shift(update: _Update) -> None:
    for share in update.policy.shares:
        update.enter("ActivatingTraffic", f"{share:.0%} of the traffic")
        update.router.share((update.blue, 1 - share), (update.green, share))
        update.enter("Baking", f"{share:.0%} of the traffic, for {update.policy.bake_seconds} s")
        _bake(update)


def _bake(update: _Update) -> None:
    until = time.monotonic() + update.policy.bake_seconds
    while True:
        _watch(update)
        left = until - time.monotonic()
        if left <= 0:
            return
        update.stop.wait(min(left, _WATCH_SECONDS))


def _watch(update: _Update) -> None:
    raised = alarms.raised(update.aws, update.policy.alarms)
    if raised:
        raise _TakenBack(f"Alarm(s) in ALARM state while baking: {', '.join(raised)}.")
    if not all(instance.alive for instance in update.green.instances):
        raise _TakenBack("A server of the new configuration ended while baking; see its logs.")
    if time.monotonic() > update.deadline:
        raise _TakenBack(f"The update took longer than its {update.policy.longest_seconds} s.")


def _finish(update: _Update, pending: Document) -> None:
    update.router.share((update.green, 1.0))
    update.enter("Deleting", "The old fleet ends")
    update.stop.wait(update.policy.termination_seconds)
    _retire(update.router, update.blue)
    plan = update.green.plan
    last = {"LastDeploymentConfig": pending["deployment"]} if pending["deployment"] else {}
    endpoints.change(
        update.aws,
        update.name,
        "Pending",
        "PendingDeploymentSummary",
        "FailureReason",
        EndpointStatus="InService",
        Plan=plan.to_document(),
        **plan.describe(),
        **last,
    )


def _roll_back(update: _Update, reason: str) -> None:
    sentence = f"The update to {update.green.plan.config} was rolled back to {update.blue.plan.config}: {reason}"
    endpoints.change(update.aws, update.name, EndpointStatus="RollingBack", FailureReason=sentence[:1024])
    update.router.share((update.blue, 1.0))
    _retire(update.router, update.green)
    endpoints.change(update.aws, update.name, "Pending", "PendingDeploymentSummary", EndpointStatus="InService")


def _retire(router: Router, fleet: Fleet) -> None:
    router.drain(fleet.instances)
    fleet.stop()


def scale(aws: Aws, name: str, stop: Stop) -> None:
    """Take an endpoint from Updating to InService with the capacities and weights of its pending plan."""
    document: Document = endpoints.find(aws, name) or {}
    plan = Plan.from_document(document["Pending"]["plan"])
    router = aws.live.routers[name]
    fleet = router.fleets[0]
    try:
        leaving = fleet.resize(plan, lambda: stop.requested)
    except HostingFailure as failure:
        reason = f"The endpoint keeps its capacity, as a new instance did not start: {failure}"
        endpoints.change(
            aws, name, "Pending", EndpointStatus="InService", FailureReason=reason[:1024], **fleet.plan.describe()
        )
        return
    router.drain(leaving)
    stop_all(leaving)
    endpoints.change(
        aws,
        name,
        "Pending",
        "FailureReason",
        EndpointStatus="InService",
        Plan=plan.to_document(),
        **plan.describe(),
    )
