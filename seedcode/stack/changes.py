"""Change sets: what CloudFormation will do, known before it does it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from common.aws_errors import get_code
from seedcode.errors import StackError
from seedcode.stack.report import Change
from seedcode.stack.state import Client
from seedcode.stack.template import DATA_TYPES

CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
# How CloudFormation says that a change set would change nothing.
NOTHING = ("didn't contain changes", "No updates are to be performed")
# How it says that the stack was changed since: it deletes other change sets of a stack when it executes one.
OVERTAKEN = ("ChangeSetNotFound", "InvalidChangeSetStatus")
BUSY = "can not be updated"
LONGEST_WAIT = 600.0


@dataclass(frozen=True)
class ChangeSet:
    """A change set that can be executed."""

    id: str
    name: str
    stack: str
    stack_id: str
    type: str
    changes: tuple[Change, ...]


@contextmanager
def _overtaken() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if get_code(error) not in OVERTAKEN and BUSY not in str(error):
            raise
        raise StackError(
            "Nothing was changed by this deployment: somebody else has changed the stack meanwhile. Wait until that "
            "has ended, then deploy again."
        ) from error


@_overtaken()
def create(cloudformation: Client, request: Mapping[str, Any], prefix: str = "scones") -> ChangeSet | None:
    """Create a change set and wait until it can be executed; None where nothing would change.

    Its name begins with `prefix`, by which policies tell who made it: they know a change set that is named, and not one
    that is given by its ARN. Raises StackError with CloudFormation's reason for one that failed.
    """
    kind, stack, name = request["ChangeSetType"], request["StackName"], f"{prefix}-{uuid4().hex}"
    made = cloudformation.create_change_set(ChangeSetName=name, Capabilities=CAPABILITIES, **request)
    described = _await_end(cloudformation, made["Id"])
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason", "no reason was given")
        cloudformation.delete_change_set(ChangeSetName=name, StackName=stack)
        if any(words in reason for words in NOTHING):
            return None
        raise StackError(f"CloudFormation refused the change set: {reason}{_details(cloudformation, made['Id'])}")
    if described.get("ExecutionStatus") == "UNAVAILABLE":
        raise StackError(f"The change set cannot be executed: {described.get('StatusReason', 'no reason was given')}")
    return ChangeSet(made["Id"], name, stack, made["StackId"], kind, _changes(cloudformation, made["Id"], described))


@_overtaken()
def execute(cloudformation: Client, change_set: ChangeSet) -> None:
    """Begin the change set's execution; what a failed one has created is removed, also where it would be retained."""
    request = {} if change_set.type == "IMPORT" else {"RetainExceptOnCreate": True}
    cloudformation.execute_change_set(ChangeSetName=change_set.name, StackName=change_set.stack, **request)


def discard(cloudformation: Client, change_set: ChangeSet) -> None:
    """Delete a change set that nobody wants, and the empty stack that a new one brought."""
    cloudformation.delete_change_set(ChangeSetName=change_set.name, StackName=change_set.stack)
    if change_set.type != "UPDATE":
        cloudformation.delete_stack(StackName=change_set.stack_id)


@_overtaken()
def has_template(cloudformation: Client, change_set: ChangeSet, body: str) -> bool:
    """Whether CloudFormation took this very template.

    It reads a large one from the bucket, where whoever may upload code could have put another one meanwhile: a push
    would decide what a person's role does.
    """
    found = cloudformation.get_template(
        ChangeSetName=change_set.name, StackName=change_set.stack, TemplateStage="Original"
    )["TemplateBody"]
    if isinstance(found, str):
        return found.strip() == body.strip()
    try:  # the SDK reads a template that is JSON
        return bool(found == json.loads(body))
    except ValueError:
        return False


def find_dangers(changes: Sequence[Change]) -> list[str]:
    """A sentence for each change that removes or replaces what holds data."""
    return [
        _danger(change)
        for change in changes
        if change.type in DATA_TYPES and (change.action == "Remove" or change.replacement in ("True", "Conditional"))
    ]


def _danger(change: Change) -> str:
    verb = "is removed" if change.action == "Remove" else "is replaced by an empty one"
    if change.replacement == "Conditional":
        verb = "may be replaced by an empty one"
    what = f"{change.logical_id} ({change.physical_id or change.type}) holds {DATA_TYPES[change.type]} and {verb}"
    if "Retain" in change.policy:
        return f"{what}; it is kept outside the stack."
    return f"{what}; what it holds is lost."


def _await_end(cloudformation: Client, identifier: str) -> dict[str, Any]:
    pause, deadline = 0.05, time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        described: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=identifier)
        if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return described
        time.sleep(pause)
        pause = min(pause * 1.5, 3.0)
    raise StackError(f"The change set was not ready within {LONGEST_WAIT:.0f} s; deploy again.")


def _changes(cloudformation: Client, identifier: str, page: dict[str, Any]) -> tuple[Change, ...]:
    found = [_change(entry["ResourceChange"]) for entry in page.get("Changes", []) if "ResourceChange" in entry]
    while page.get("NextToken"):
        page = cloudformation.describe_change_set(ChangeSetName=identifier, NextToken=page["NextToken"])
        found += [_change(entry["ResourceChange"]) for entry in page.get("Changes", []) if "ResourceChange" in entry]
    return tuple(found)


def _change(raw: dict[str, Any]) -> Change:
    return Change(
        action=raw["Action"],
        logical_id=raw["LogicalResourceId"],
        type=raw["ResourceType"],
        replacement=raw.get("Replacement", "") if raw["Action"] == "Modify" else "",
        physical_id=raw.get("PhysicalResourceId", ""),
        policy=raw.get("PolicyAction", ""),
        follows=raw["Action"] == "Modify" and bool(raw.get("Details")) and all(map(_follows, raw["Details"])),
    )


def _follows(detail: Mapping[str, Any]) -> bool:
    """Whether a detail tells of a reference whose value is known when the change set is executed, and not before.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
    """
    referring = detail.get("ChangeSource") in ("ResourceAttribute", "ResourceReference")
    return referring and detail.get("Evaluation") == "Dynamic"


def _details(cloudformation: Client, identifier: str) -> str:
    """What CloudFormation's early validation found, resource by resource; nothing where it tells nothing."""
    try:
        events = cloudformation.describe_events(ChangeSetName=identifier).get("OperationEvents", [])
    except ClientError:
        return ""
    found = [
        f"{event.get('LogicalResourceId', '?')}: {event['ValidationStatusReason']}"
        for event in events
        if event.get("ValidationStatusReason")
    ]
    return f" ({'; '.join(found)})" if found else ""
