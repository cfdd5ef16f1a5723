"""Asks refresh_workflow to look again: a stack's update puts back the workflow that the template holds."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from seedcode.errors import StackError


def refresh(lambdas: Any, function: str) -> str:  # noqa: ANN401 - a boto3 client
    """Call the function with `{}` and answer what it did, in a line; raise StackError where it failed."""
    try:
        answer = lambdas.invoke(FunctionName=function, Payload=b"{}")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise StackError(f"There is no function {function}; deploy the stack with its code first.") from error
    said = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        reason = said.get("errorMessage", said) if isinstance(said, dict) else said
        raise StackError(f"{function} failed: {reason}; its log is /aws/lambda/{function}.")
    return f"The workflow is up to date: {json.dumps(said, sort_keys=True)}"
