"""`Custom::Endpoint`: the stack's hold on an endpoint that it did not make, so that a deleted stack leaves none behind.

deploy_model makes the endpoint when a version is approved, long after the stack. Creating and updating this resource
therefore does nothing; deleting it takes down all that costs money.
"""

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from deploy_model.aws import Client
from deploy_model.removal import Removal

TYPE = "Custom::Endpoint"
RESERVE_MILLISECONDS = 20_000
"""What is held back for the answer: without one CloudFormation waits for an hour."""


@dataclass(frozen=True)
class Request:
    """What CloudFormation asks for."""

    kind: str
    resource_type: str
    stack_id: str
    physical_id: str
    endpoint_name: str
    schedule_name: str

    @classmethod
    def parse(cls, event: dict[str, Any]) -> "Request":
        """Read an event; a name that is missing is empty."""
        properties = event.get("ResourceProperties", {})
        endpoint_name = str(properties.get("EndpointName", ""))
        return cls(
            kind=str(event["RequestType"]),
            resource_type=str(event.get("ResourceType")),
            stack_id=str(event.get("StackId")),
            physical_id=str(event.get("PhysicalResourceId") or endpoint_name or TYPE),
            endpoint_name=endpoint_name,
            schedule_name=str(properties.get("MonitoringScheduleName", "")),
        )


@dataclass(frozen=True)
class Clients:
    """The services that a removal talks to."""

    sagemaker: Client
    autoscaling: Client
    cloudformation: Client


def fulfil(event: dict[str, Any], clients: Clients, remaining: Callable[[], int]) -> dict[str, Any]:
    """Do what CloudFormation asks for and answer it, whatever happens; return what was answered and removed."""
    request = Request.parse(event)
    removed: list[str] = []
    try:
        removed = _carry_out(request, clients, lambda: remaining() - RESERVE_MILLISECONDS)
        reason = None
    except Exception as error:  # an unanswered request would hold the stack for an hour
        reason = f"{type(error).__name__}: {error}"
    physical_id = request.physical_id if request.kind == "Delete" else request.endpoint_name or request.physical_id
    answer(event, physical_id, reason)
    return {"request": request.kind, "endpoint": request.endpoint_name, "removed": removed, "failure": reason}


def _carry_out(request: Request, clients: Clients, remaining: Callable[[], int]) -> list[str]:
    if request.resource_type != TYPE:
        raise ValueError(f"The resource type is {request.resource_type}, and this function provides {TYPE}.")
    if request.kind != "Delete":
        if not request.endpoint_name:
            raise ValueError(f"{TYPE} needs the property EndpointName.")
        return []
    if not request.endpoint_name or _is_rolled_back(clients.cloudformation, request.stack_id):
        return []
    removal = Removal(clients.sagemaker, clients.autoscaling, remaining)
    return removal.of(request.endpoint_name, request.schedule_name)


def _is_rolled_back(cloudformation: Client, stack_id: str) -> bool:
    """Whether an update that added this resource failed: what serves has to go on serving then."""
    status: str = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
    return "ROLLBACK" in status


LOCAL = ("127.0.0.1", "localhost")
LONGEST_REASON = 1000
ATTEMPTS = 3
TIMEOUT_SECONDS = 5


def answer(
    event: dict[str, Any], physical_id: str, failure: str | None, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Say that a request was fulfilled, or why not; tried three times, then raised."""
    document = {
        "Status": "FAILED" if failure else "SUCCESS",
        "Reason": (failure or "")[:LONGEST_REASON],
        "PhysicalResourceId": physical_id,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = _request(event["ResponseURL"], document)
    for attempt in range(ATTEMPTS):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310 - the scheme was checked
                return
        except (URLError, TimeoutError):
            if attempt == ATTEMPTS - 1:
                raise
            sleep(attempt + 1)


def _request(url: str, document: dict[str, Any]) -> urllib.request.Request:
    """A PUT without a content type, as the address was signed; only to https, and to this very machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise ValueError(f"ResponseURL begins with {parts.scheme}://{parts.hostname}; it must be an https address.")
    content = json.dumps(document).encode()
    return urllib.request.Request(url, content, {"Content-Type": ""}, method="PUT")  # noqa: S310
