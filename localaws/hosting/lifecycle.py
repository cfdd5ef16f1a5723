"""Creating and deleting endpoints, and bringing them up again after a restart."""

from __future__ import annotations

import shutil

from localaws.autoscaling import targets
from localaws.aws import Aws
from localaws.hosting import deployment
from localaws.hosting.instance import HostingFailure, build_fleet
from localaws.records import endpoints, tags
from localaws.serving.plans import Plan
from localaws.serving.router import Router
from localaws.shapes import Document
from localaws.tasks import Stop


def bring_up(aws: Aws, name: str, stop: Stop) -> None:
    """Start an endpoint's instances: InService when all answer, Failed with the reason when one does not."""
    document = endpoints.find(aws, name) or {}
    fleet = build_fleet(aws, name, Plan.from_document(document["Plan"]))
    try:
        fleet.start(lambda: stop.requested)
    except HostingFailure as failure:
        endpoints.change(aws, name, EndpointStatus="Failed", FailureReason=str(failure)[:1024])
        return
    except Exception as error:
        # At a stop of the local AWS, S3 goes before this does; the next start begins anew.
        if not aws.stopping.is_set():
            reason = f"InternalServerError: {type(error).__name__}: {error}"
            endpoints.change(aws, name, EndpointStatus="Failed", FailureReason=reason[:1024])
        raise
    aws.live.routers[name] = Router(fleet)
    if "Pending" in document:
        # An update that the process before had begun is begun again.
        deployment.deploy(aws, name, stop)
    else:
        endpoints.change(aws, name, EndpointStatus="InService", **fleet.plan.describe())


def interrupt(aws: Aws, endpoint: Document) -> None:
    """At a start: none of the instances of the process before are left, so nothing is InService yet."""
    name, status = endpoint["EndpointName"], endpoint["EndpointStatus"]
    for directory in (aws.settings.endpoints / name).glob("i-*"):
        shutil.rmtree(directory, ignore_errors=True)
    if status in ("InService", "RollingBack"):
        endpoints.change(aws, name, "Pending", "PendingDeploymentSummary", EndpointStatus="SystemUpdating")
    elif status == "Updating" and "deployment" not in endpoint["Pending"]:
        # A change of capacity has nothing to go back to: the instances start in their new number.
        plan = endpoint["Pending"]["plan"]
        endpoints.change(aws, name, "Pending", EndpointStatus="SystemUpdating", Plan=plan)


def revive(aws: Aws, endpoint: Document) -> None:
    """Go on with what an endpoint was doing when the process before ended."""
    name, arn = endpoint["EndpointName"], endpoint["EndpointArn"]
    if endpoint["EndpointStatus"] == "Deleting":
        aws.tasks.start(arn, lambda _: tear_down(aws, name))
    elif endpoint["EndpointStatus"] != "Failed":
        aws.tasks.start(arn, lambda stop: bring_up(aws, name, stop))


def tear_down(aws: Aws, name: str) -> None:
    """Let the instances answer what they have begun, stop them, and forget the endpoint."""
    router = aws.live.routers.pop(name, None)
    if router is not None:
        instances = [instance for fleet in router.fleets for instance in fleet.instances]
        router.drain(instances)
        for fleet in router.fleets:
            fleet.stop()
    with aws.store.transaction():
        document: Document = endpoints.find(aws, name) or {}
        for variant in document["ProductionVariants"]:
            targets.forget(aws, targets.resource_id(name, variant["VariantName"]))
        endpoints.announce(aws, document, "Deleted")
        aws.store.delete(endpoints.KIND, name)
        tags.forget(aws, document["EndpointArn"])
