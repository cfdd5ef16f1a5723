"""The stack as CloudFormation describes it, and what its status allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from common.aws_errors import get_code, is_missing

# boto3 makes its clients' methods at run time: there is no class to name.
Client = Any

READY = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
# A change set was made and never executed: there is no resource, only the name.
UNBORN = "REVIEW_IN_PROGRESS"
REMEDIES = {
    "ROLLBACK_COMPLETE": "its creation failed, and CloudFormation updates no such stack; "
    "remove it with `scones destroy --yes`, then deploy again",
    "ROLLBACK_FAILED": "its creation failed and could not be undone; "
    "remove it with `scones destroy --yes`, then deploy again",
    "CREATE_FAILED": "its creation failed; remove it with `scones destroy --yes`, then deploy again",
    "DELETE_FAILED": "it could not be deleted whole; run `scones destroy --yes` again, then deploy",
    "UPDATE_ROLLBACK_FAILED": "an update failed and could not be undone; fix what its events name, then run "
    "`aws cloudformation continue-update-rollback --stack-name {name}`",
    "UPDATE_FAILED": "an update failed and was not undone; run `aws cloudformation rollback-stack --stack-name {name}`",
    "IMPORT_ROLLBACK_FAILED": "an import failed and could not be undone; fix what its events name, then run "
    "`aws cloudformation continue-update-rollback --stack-name {name}`",
}


@dataclass(frozen=True)
class Stack:
    """A stack that exists."""

    name: str
    id: str
    status: str
    reason: str
    outputs: dict[str, str]
    parameters: dict[str, str]
    tags: dict[str, str]

    @property
    def busy(self) -> bool:
        """Whether CloudFormation is at work on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != UNBORN


def describe(cloudformation: Client, name: str) -> Stack | None:
    """Describe a stack by its name or id; None where there is none."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return Stack(
        name=found["StackName"],
        id=found["StackId"],
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs={output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
        parameters={entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in found.get("Parameters", [])},
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
    )


def find_obstacle(stack: Stack | None) -> str | None:
    """Say why a stack cannot be deployed now, and what to do; None where it can be."""
    if stack is None or stack.status in (*READY, UNBORN):
        return None
    if stack.busy:
        return f"The stack {stack.name} is {stack.status}: somebody else is at work on it; wait until it has ended."
    remedy = REMEDIES.get(stack.status, "see its events in CloudFormation").format(name=stack.name)
    return f"The stack {stack.name} is {stack.status}: {remedy}."


def list_resources(cloudformation: Client, name: str) -> dict[str, dict[str, Any]]:
    """The stack's resources by logical id, without those that are gone; none where there is no stack."""
    try:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    gone = ("DELETE_COMPLETE", "DELETE_SKIPPED")
    return {entry["LogicalResourceId"]: entry for entry in found if entry["ResourceStatus"] not in gone}


T = TypeVar("T")
U = TypeVar("U")
# How the local AWS answers for what it does not emulate.
_NOT_EMULATED = frozenset({"UnsupportedOperation", "400"})


def unless_gone(call: Callable[[], T], otherwise: U) -> T | U:
    """Return what a call answers, or `otherwise` where what it asks about is not there."""
    try:
        return call()
    except ClientError as error:
        if is_absent(error):
            return otherwise
        raise


def is_absent(error: ClientError) -> bool:
    """Whether a refusal says that something is not there."""
    return is_missing(error) or get_code(error) in _NOT_EMULATED
