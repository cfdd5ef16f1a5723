"""Deploys the project's CloudFormation template and waits for its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from seedcode.stack.errors import StackError
from seedcode.stack.functions import publish, publish_layer

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
# On a laptop the functions run on this Python, with the packages of its environment; a new version bakes briefly.
LAPTOP = {"PythonRuntime": f"python3.{sys.version_info.minor}", "BakeSeconds": "5"}
_POLL_SECONDS = 0.1
_WAIT_SECONDS = 900


def deploy(
    cloudformation: Any,  # noqa: ANN401 - boto3 makes its client classes at run time
    s3: Any,  # noqa: ANN401
    project: str,
    parameters: Mapping[str, str],
    layer: bytes | None = None,
) -> dict[str, str]:
    """Create or update the project's stack and answer its outputs; a stack that is up to date stays as it is.

    The functions' code lies in the bucket that the stack makes, so a new project is deployed twice: for the bucket,
    and then with the code in it.
    """
    outputs = _outputs(_describe(cloudformation, project))
    if not outputs:
        outputs = _apply(cloudformation, project, {"ProjectName": project, **parameters})
    bucket = outputs["BucketName"]
    code = {"CodeVersion": publish(s3, bucket)}
    if layer is not None:
        code["LayerKey"] = publish_layer(s3, bucket, layer)
    return _apply(cloudformation, project, {"ProjectName": project, **code, **parameters})


def _apply(cloudformation: Any, project: str, parameters: Mapping[str, str]) -> dict[str, str]:  # noqa: ANN401
    request = {
        "StackName": project,
        "TemplateBody": TEMPLATE.read_text(encoding="utf-8"),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    if _describe(cloudformation, project) is None:
        cloudformation.create_stack(**request)
    else:
        try:
            cloudformation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
    return _wait(cloudformation, project)


def _wait(cloudformation: Any, name: str) -> dict[str, str]:  # noqa: ANN401
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        stack = _describe(cloudformation, name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return _outputs(stack)
        if not status.endswith("IN_PROGRESS"):
            raise StackError(f"The stack {name} ended as {status}: {_reason(cloudformation, name)}")
        time.sleep(_POLL_SECONDS)
    raise StackError(f"The stack {name} was not ready within {_WAIT_SECONDS} s; see its events in CloudFormation.")


def _outputs(stack: dict[str, Any] | None) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in (stack or {}).get("Outputs", [])}


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401
    try:
        stacks: list[dict[str, Any]] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stacks[0]


def _reason(cloudformation: Any, name: str) -> str:  # noqa: ANN401
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    if not failed:
        return "no resource gave a reason"
    first = failed[-1]
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason given')}"
