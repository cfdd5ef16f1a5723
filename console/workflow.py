"""Starts executions of the inference workflows and waits for their answers."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from console.errors import CommandError
from console.target import Target

ALIAS = "live"
_POLL_SECONDS = 0.1
_MISSING = ("StateMachineDoesNotExist", "ResourceNotFound")


def start(target: Target, machine: str, request: dict[str, Any]) -> str:
    """Start an execution of what the alias `live` of a state machine runs; answers its ARN."""
    project = target.project
    partition = project.role_arn.split(":")[1]
    account = project.role_arn.split(":")[4]
    alias = f"arn:{partition}:states:{project.region}:{account}:stateMachine:{project.project}-{machine}:{ALIAS}"
    try:
        started = target.client("stepfunctions").start_execution(
            stateMachineArn=alias, name=uuid.uuid4().hex, input=json.dumps(request)
        )
    except ClientError as error:
        if (
            "DoesNotExist" not in error.response["Error"]["Code"]
            and error.response["Error"]["Code"] != "ResourceNotFound"
        ):
            raise
        raise CommandError("No version serves yet; approve one with `scones approve VERSION`.") from error
    arn: str = started["executionArn"]
    return arn


def answer(target: Target, arn: str) -> dict[str, Any]:
    """Wait for an execution's output; raises CommandError with its cause where it failed."""
    states = target.client("stepfunctions")
    while (execution := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(_POLL_SECONDS)
    if execution["status"] != "SUCCEEDED":
        cause = execution.get("cause") or execution.get("error") or execution["status"]
        raise CommandError(str(cause))
    output: dict[str, Any] = json.loads(execution["output"])
    return output
