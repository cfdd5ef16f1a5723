"""What every operation of the local SageMaker is given: a region's settings, state, clients and jobs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from localaws.clients import Clients
from localaws.events import Events
from localaws.iam.authority import Authority
from localaws.iam.sessions import Sessions
from localaws.keys import Credentials
from localaws.serving.live import Live
from localaws.settings import Settings
from localaws.store import Store
from localaws.tasks import Tasks


@dataclass(frozen=True)
class Aws:
    """The local AWS of one region, as seen by its SageMaker."""

    settings: Settings
    store: Store
    events: Events
    clients: Clients
    tasks: Tasks = field(default_factory=Tasks)
    live: Live = field(default_factory=Live)
    stopping: threading.Event = field(default_factory=threading.Event)  # set when the local AWS ends
    authority: Authority | None = None  # None where IAM is not enforced
    sessions: Sessions = field(default_factory=Sessions)
    role: str | None = None
    regions: Callable[[str], Aws] | None = None  # None for one that stands alone, as a test's

    def in_region(self, name: str) -> Aws:
        """The local AWS of a region, made where nothing was done there yet."""
        return self if name == self.settings.region or not self.regions else self.regions(name)

    def of(self, arn: str) -> Aws:
        """The local AWS of the region that an ARN names."""
        return self.in_region(arn.split(":", 4)[3] or self.settings.region)

    def acting_as(self, role: str | None) -> Aws:
        """The local AWS under a role: what it then reads and writes, the role must allow where IAM is enforced."""
        if not role:
            return self
        return replace(self, role=role, clients=self.authority.clients(role) if self.authority else self.clients)

    @property
    def credentials(self) -> Credentials:
        """What a program is given that runs under this role: a session of it, and never the installation's key."""
        if self.authority and self.role:
            return self.authority.clients(self.role).credentials
        return self.sessions.of(self.role, self.settings.account, "sagemaker")

    def arn(self, resource: str, name: str) -> str:
        """The ARN of a SageMaker resource, such as `arn("pipeline", "scones-training")`."""
        return f"arn:aws:sagemaker:{self.settings.region}:{self.settings.account}:{resource}/{name}"


def now() -> float:
    """Seconds since the epoch, to the millisecond as SageMaker's answers have them."""
    return round(time.time(), 3)
