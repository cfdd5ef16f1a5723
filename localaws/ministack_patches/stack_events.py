"""CloudFormation tells EventBridge how its stacks fare; MiniStack keeps that to itself.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html
"""

from __future__ import annotations

from collections.abc import Callable

from localaws.events import Events
from localaws.ministack import replace

_STACK = "AWS::CloudFormation::Stack"
_CHANGE = "CloudFormation Stack Status Change"

Add = Callable[..., None]


def apply(events: Events) -> None:
    """Send an event for each status of each stack."""
    from ministack.services.cloudformation import stacks  # noqa: PLC0415 - after configure()

    replace(stacks, "_add_event", lambda add: _telling(add, events))


def _telling(add: Add, events: Events) -> Add:
    def add_and_tell(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        kind: str,
        status: str,
        reason: str = "",
        *more: object,
        **named: object,
    ) -> None:
        add(stack_id, stack_name, logical_id, kind, status, reason, *more, **named)
        # A nested stack is a resource of its parent under a name of that template.
        if kind == _STACK and logical_id == stack_name:
            detail = {
                "stack-id": stack_id,
                "status-details": {"status": status, "status-reason": reason},
                "client-request-token": "",
            }
            events.send(_CHANGE, detail, [stack_id], source="aws.cloudformation")

    return add_and_tell
