"""UpdateEndpointWeightsAndCapacities: instances are really started and stopped."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.hosting.instance import HostingFailure
from localaws.records import endpoints
from localaws.serving.fleet import stop_all
from localaws.serving.plans import Plan
from localaws.shapes import Document
from localaws.tasks import Stop


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
