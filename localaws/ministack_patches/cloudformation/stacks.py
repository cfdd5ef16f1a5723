"""CloudFormation's stacks: MiniStack sends no events, an operation that a kill interrupts never ends, and two mix.

AWS sends EventBridge an event for each status. The end of an operation is on disk, with the resources that it made,
before it can be seen; an operation that was interrupted has failed at the next start.
https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html

AWS makes no change set of a stack that is being changed, or whose creation was rolled back; MiniStack makes it, and
executes it beside what runs. The words are those of https://github.com/stratospheric-dev/stratospheric/issues/21 and
https://github.com/rails-lambda/lamby/issues/132.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers, stacks

from localaws.aws import Aws
from localaws.ministack import saving
from localaws.ministack.patching import Patch
from localaws.store import StoreError

logger = logging.getLogger(__name__)

_STACK = "AWS::CloudFormation::Stack"
_CHANGE = "CloudFormation Stack Status Change"
_BUSY, _CLEANING_UP = "_IN_PROGRESS", "_CLEANUP_IN_PROGRESS"
_WITHOUT_RESOURCES = "REVIEW_IN_PROGRESS"  # nobody works on it: a change set that was not executed
_ROLLED_BACK = "ROLLBACK_COMPLETE"
_REASON = "The local AWS ended while it worked on the stack."

Add = Callable[..., None]
Handle = Callable[[dict[str, Any]], Any]


def patch(aws: Aws) -> Patch:
    """Save and send each status of each stack, and fail what the process before had not ended."""
    return Patch(
        replaces={
            app: {"_load_persisted_state": _interrupting},
            cloudformation: {
                "_ACTION_HANDLERS": lambda known: {**known, "CreateChangeSet": _refusing(known["CreateChangeSet"])}
            },
            stacks: {"_add_event": lambda add: _recording(add, aws)},
        },
        reads={cloudformation: ("_stacks",), handlers: ("_resolve_stack",), helpers: ("_error", "_p")},
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


def _refusing(create: Handle) -> Handle:
    def create_at_rest(request: dict[str, Any]) -> Any:  # noqa: ANN401 - MiniStack's answer
        stack = handlers._resolve_stack(helpers._p(request, "StackName")) or {}
        status = stack.get("StackStatus", "")
        taken = status == _ROLLED_BACK or (status.endswith(_BUSY) and status != _WITHOUT_RESOURCES)
        if taken and helpers._p(request, "ChangeSetType") != "CREATE":
            words = f"Stack:{stack['StackId']} is in {status} state and can not be updated."
            return helpers._error("ValidationError", words)
        return create(request)

    return create_at_rest


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
