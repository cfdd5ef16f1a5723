"""What is to be called for a rule or schedule, on whose behalf, what became of it so far, and how it fails."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from common.aws_errors import THROTTLED
from localaws.aws import Aws, now
from localaws.clients import Clients
from localaws.errors import AwsError
from localaws.shapes import Document

EVENTS = "events.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A call of a target for `source`, the ARN of a rule or schedule; the service `principal` takes on its role.

    `scheduled` is when it was due and `began` when it believes that it is started, both in seconds by the schedules'
    clock; `taken` is this machine's time. `event` is what a rule has matched; a schedule's is empty.
    """

    source: str
    principal: str
    target: Document
    scheduled: float
    began: float
    event: Document
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    taken: float = field(default_factory=now)
    retries: int = 0

    @property
    def source_arn(self) -> str:
        """What the role's trust policy sees as `aws:SourceArn`: the rule, or the group that a schedule is in."""
        beginning, schedule, place = self.source.partition(":schedule/")
        return f"{beginning}:schedule-group/{place.split('/')[0]}" if schedule else self.source

    @property
    def role(self) -> str:
        """The target's role."""
        return str(self.target["RoleArn"])

    def clients(self, aws: Aws) -> Clients:
        """Clients under the target's role, where IAM is enforced; raises Failed where it cannot be taken on."""
        if aws.authority is None:
            return aws.clients
        try:
            return aws.authority.clients(self.role, self.principal, self.source_arn)
        except AwsError as error:
            raise Failed("AccessDeniedException", error.message, again=False) from error


class Failed(Exception):
    """A target that was not called: AWS's code, a sentence, and whether another attempt may help."""

    def __init__(self, code: str, message: str, *, again: bool) -> None:
        super().__init__(message)
        self.code = code
        self.again = again


def failed(code: str, message: str, status: int) -> Failed:
    """A failure as the target's service has answered it: only its own and throttling may pass by themselves."""
    return Failed(code, message, again=status >= 500 or code in THROTTLED)
