"""An endpoint's document: its states, and their events."""

from __future__ import annotations

import re

from localaws.aws import Aws, now
from localaws.records import tracking
from localaws.shapes import Document, project

KIND = "endpoint"
STATE_CHANGE = "SageMaker Endpoint State Change"
_DEPLOYMENT = "SageMaker Endpoint Deployment State Change"
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def find(aws: Aws, name: str) -> Document | None:
    """The endpoint's document."""
    return aws.store.get(KIND, name)


def change(aws: Aws, name: str, *removed: str, **changes: object) -> Document:
    """Commit a change, with an event where the status is another one; `removed` names members to take out."""
    with aws.store.transaction():
        before = aws.store.get(KIND, name) or {}
        document = {member: value for member, value in before.items() if member not in removed}
        document |= {"LastModifiedTime": now(), **changes}
        aws.store.put(KIND, name, document)
        if document["EndpointStatus"] != before.get("EndpointStatus"):
            if document["EndpointStatus"] == "InService":
                tracking.track_endpoint(aws, document)
            announce(aws, document)
    return document


def announce(aws: Aws, document: Document, status: str | None = None) -> None:
    """Send the state-change event; call it inside the change's transaction."""
    _send(aws, STATE_CHANGE, document, status or document["EndpointStatus"])


def deploying(aws: Aws, name: str, pending: Document) -> None:
    """Commit how far an update has come (a PendingDeploymentSummary), with its event."""
    with aws.store.transaction():
        document = aws.store.update(KIND, name, PendingDeploymentSummary=pending)
        _send(aws, _DEPLOYMENT, document, document["EndpointStatus"])


def _send(aws: Aws, kind: str, document: Document, status: str) -> None:
    # The API says InService where the event says IN_SERVICE.
    detail = project("DescribeEndpoint", document) | {"EndpointStatus": _WORD.sub("_", status).upper()}
    aws.events.send(kind, detail, [document["EndpointArn"]])
