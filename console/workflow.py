"""Starts executions of the inference workflows and waits for their answers."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, is_missing
from console.errors import CommandError
from console.target import Target

ALIAS = "live"
_POLL_SECONDS = 0.1
_REFRESH_SECONDS = 60


class NothingServesError(CommandError):
    """There is no workflow to ask yet, whatever the image."""


def start(target: Target, machine: str, request: dict[str, Any]) -> str:
    """Start an execution of what the alias `live` of a state machine runs; answers its ARN."""
    try:
        started = target.client("stepfunctions").start_execution(
            stateMachineArn=_alias(target, machine), name=uuid.uuid4().hex, input=json.dumps(request)
        )
    except ClientError as error:
        if not is_missing(error):
            raise
        raise NothingServesError("No version is live yet; approve one with `scones approve VERSION`.") from error
    arn: str = started["executionArn"]
    return arn


def await_answer(
    target: Target, arn: str, progress: Callable[[], None] = lambda: None, poll_seconds: float = _POLL_SECONDS
) -> dict[str, Any]:
    """Wait for an execution's output; `progress` is called at each poll.

    Raises CommandError with its cause where it failed.
    """
    states = target.client("stepfunctions")
    while (execution := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        progress()
        time.sleep(poll_seconds)
    if execution["status"] != "SUCCEEDED":
        cause = execution.get("cause") or execution.get("error") or execution["status"]
        raise CommandError(str(cause))
    output: dict[str, Any] = json.loads(execution["output"])
    return output


def count_items(target: Target, arn: str) -> tuple[int, int]:
    """How many pieces of an execution's Distributed Map are done, and how many there are; (0, 0) before it begins."""
    states = target.client("stepfunctions")
    runs = states.list_map_runs(executionArn=arn)["mapRuns"]
    if not runs:
        return 0, 0
    items = states.describe_map_run(mapRunArn=runs[0]["mapRunArn"])["itemCounts"]
    return items["succeeded"] + items["failed"], items["total"]


def find_definition(target: Target) -> dict[str, Any] | None:
    """The definition that the alias of the inference workflow runs; None where nothing has been published."""
    states = target.client("stepfunctions")
    routes = find_resource(states.describe_state_machine_alias, stateMachineAliasArn=_alias(target, "inference"))
    if routes is None:
        return None
    arn = routes["routingConfiguration"][0]["stateMachineVersionArn"]
    definition: dict[str, Any] = json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"])
    return definition


def find_version(target: Target) -> str | None:
    """The model version that the inference workflow asks for; None where nothing has been published."""
    definition = find_definition(target)
    if definition is None:
        return None
    asked: str = definition["States"]["ClassifyImage"]["Parameters"]["Payload"]["model_version"]
    return asked


def wait_for(target: Target, wanted: int) -> None:
    """Wait until the inference workflow asks for a version; raises CommandError where it does not within a minute."""
    deadline = time.monotonic() + _REFRESH_SECONDS
    while find_version(target) != str(wanted):
        if time.monotonic() > deadline:
            raise CommandError(
                f"The endpoint serves version {wanted}, but the workflow did not follow within {_REFRESH_SECONDS} s; "
                f"see the log of the function {target.project.project}-refresh-workflow."
            )
        time.sleep(_POLL_SECONDS)


def _alias(target: Target, machine: str) -> str:
    project = target.project
    _, partition, _, _, account, _ = project.role_arn.split(":", 5)
    return f"arn:{partition}:states:{project.region}:{account}:stateMachine:{project.project}-{machine}:{ALIAS}"
