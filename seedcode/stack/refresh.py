"""Asks refresh_workflow to publish again: an update puts the template's workflow back, and may bring a threshold."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from seedcode.errors import StackError


class NoFunctionError(StackError):
    """The stack has no such function."""


def refresh(lambdas: Any, function: str) -> str:  # noqa: ANN401 - a boto3 client
    """Call the function with `{}` and answer what it did, in a line; raise StackError where it failed."""
    try:
        answer = lambdas.invoke(FunctionName=function, Payload=b"{}")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            raise NoFunctionError(f"There is no function {function}; deploy the stack with its code first.") from error
        if code == "AccessDeniedException":
            raise StackError(
                f"You may not call {function}, so the workflow may not have the stack's values yet: let somebody "
                "who may (lambda:InvokeFunction) run `python -m seedcode refresh`."
            ) from error
        raise
    said = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        reason = said.get("errorMessage", said) if isinstance(said, dict) else said
        raise StackError(f"{function} failed: {reason}; its log is /aws/lambda/{function}.")
    return f"The workflow is up to date: {json.dumps(said, sort_keys=True)}"
