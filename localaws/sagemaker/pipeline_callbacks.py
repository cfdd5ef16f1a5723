"""What the user's program says of a Callback step, by the token of its message."""

from __future__ import annotations

from collections.abc import Iterator

from localaws.aws import Aws
from localaws.engine import callbacks
from localaws.operations import SAGEMAKER
from localaws.refusals import members
from localaws.shapes import Document


def _execution(aws: Aws, request: Document) -> Iterator[str]:
    """The execution that a token is of; none where nobody was sent the token."""
    found = callbacks.find(aws, request.get("CallbackToken", ""))
    if found:
        yield found["PipelineExecutionArn"]


@SAGEMAKER.operation(
    "SendPipelineExecutionStepSuccess",
    on=(_execution,),
    members=members("CallbackToken OutputParameters ClientRequestToken"),
)
def send_success(aws: Aws, request: Document) -> Document:
    """Let a Callback step succeed with outputs; its execution goes on."""
    arn = callbacks.answer(aws, request["CallbackToken"], callbacks.SUCCEEDED, request)
    return {"PipelineExecutionArn": arn}


@SAGEMAKER.operation("SendPipelineExecutionStepFailure", on=(_execution,))
def send_failure(aws: Aws, request: Document) -> Document:
    """Let a Callback step fail with a reason."""
    arn = callbacks.answer(aws, request["CallbackToken"], callbacks.FAILED, request)
    return {"PipelineExecutionArn": arn}
