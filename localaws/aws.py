"""What every operation of the local SageMaker is given: settings, state, events, clients, jobs and endpoints."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from localaws.clients import ROOT, Clients, Credentials
from localaws.events import Events
from localaws.hosting.live import Live
from localaws.iam.authority import Authority
from localaws.settings import Settings
from localaws.store import Store
from localaws.tasks import Tasks


@dataclass(frozen=True)
class Aws:
    """The local AWS, as seen by its SageMaker."""

    settings: Settings
    store: Store
    events: Events
    clients: Clients
    tasks: Tasks = field(default_factory=Tasks)
    live: Live = field(default_factory=Live)
    authority: Authority | None = None  # None where IAM is not enforced
    credentials: Credentials = ROOT

    def acting_as(self, role: str | None) -> Aws:
        """The local AWS under a role, where IAM is enforced: what it then reads and writes, the role must allow."""
        if self.authority is None or not role:
            return self
        clients = self.authority.clients(role)
        return replace(self, clients=clients, credentials=clients.credentials)

    def arn(self, resource: str, name: str) -> str:
        """The ARN of a SageMaker resource, such as `arn("pipeline", "scones-training")`."""
        return f"arn:aws:sagemaker:{self.settings.region}:{self.settings.account}:{resource}/{name}"


def now() -> float:
    """Seconds since the epoch, to the millisecond as SageMaker's answers have them."""
    return round(time.time(), 3)
