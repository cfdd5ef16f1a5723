"""CloudFormation's stacks: MiniStack sends no events, and an operation that a kill interrupts never ends.

AWS sends EventBridge an event for each status. The end of an operation is on disk, with the resources that it made,
before it can be seen; an operation that was interrupted has failed at the next start.
https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from ministack import app
from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from localaws.aws import Aws
from localaws.ministack import saving
from localaws.ministack.patching import Patch
from localaws.store import StoreError

logger = logging.getLogger(__name__)

_STACK = "AWS::CloudFormation::Stack"
_CHANGE = "CloudFormation Stack Status Change"
_BUSY, _CLEANING_UP = "_IN_PROGRESS", "_CLEANUP_IN_PROGRESS"
_WITHOUT_RESOURCES = "REVIEW_IN_PROGRESS"  # nobody works on it: a change set that was not executed
_REASON = "The local AWS ended while it worked on the stack."

Add = Callable[..., None]


def patch(aws: Aws) -> Patch:
    """Save and send each status of each stack, and fail what the process before had not ended."""
    return Patch(
        replaces={
            app: {"_load_persisted_state": _interrupting},
            stacks: {"_add_event": lambda add: _recording(add, aws)},
        },
        reads={cloudformation: ("_stacks",)},
    )


def interrupted_status(status: str) -> str:
    """The status of a stack after the process has ended that worked on it."""
    if status.startswith("IMPORT"):
        return "IMPORT_ROLLBACK_FAILED"
    return status.removesuffix(_CLEANING_UP) if status.endswith(_CLEANING_UP) else status.replace(_BUSY, "_FAILED")


def _interrupting(load: Callable[[], None]) -> Callable[[], None]:
    def load_and_interrupt() -> None:
        load()
        for stack in cloudformation._stacks._data.values():
            status = stack.get("StackStatus", "")
            if status.endswith(_BUSY) and status != _WITHOUT_RESOURCES:
                stack.update(StackStatus=interrupted_status(status), StackStatusReason=_REASON)

    return load_and_interrupt


def _save(stack: str) -> None:
    try:
        saving.save()
    except StoreError as error:
        # It has ended all the same; MiniStack's loop, which waits here, must go on.
        logger.error("If this process ends in a moment, the stack %s is found as failed: %s", stack, error)


def _recording(add: Add, aws: Aws) -> Add:
    def add_and_send(
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
            if not status.endswith(_BUSY):
                _save(stack_name)
            detail = {
                "stack-id": stack_id,
                "status-details": {"status": status, "status-reason": reason},
                "client-request-token": "",
            }
            aws.of(stack_id).events.send(_CHANGE, detail, [stack_id], source="aws.cloudformation")

    return add_and_send
