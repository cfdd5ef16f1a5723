"""Callback steps: a message with a token to the user's queue, and a wait for whoever sends the token back.

The message is that of https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-callback
"""

from __future__ import annotations

import json
import re
import time

from botocore.exceptions import BotoCoreError, ClientError

from localaws.aws import now
from localaws.engine import callbacks, outputs
from localaws.engine.context import Run, StepContext, Stopped
from localaws.engine.retries import Failure, of_code
from localaws.shapes import Document

_POLL_SECONDS = 0.2
_HOST = re.compile(r"https?://(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?/")


def callback(context: StepContext) -> Document:
    """Send the message, unless that was done before a restart, and wait for its answer."""
    url = context.arguments["SqsQueueUrl"]
    opened = callbacks.find_open(context.aws, context.execution, context.step.name)
    if opened is None:
        declared = context.step.body.get("OutputParameters", [])
        opened = callbacks.open_callback(context.aws, context.execution, context.step.name, url, declared)
    token = opened["CallbackToken"]
    context.record(_metadata(opened))
    try:
        if not opened["Sent"]:
            _send(context, token, "Executing")
            callbacks.mark_sent(context.aws, token)
        stopping = _wait(context, token)
    finally:
        ended = callbacks.close(context.aws, token)
    return _outputs(context, ended, stopping)


def _wait(context: StepContext, token: str) -> bool:
    """Wait until the token comes back or its time is over; answers whether the execution is being stopped.

    A stop tells the user's program by another message, and goes on waiting for its answer, as AWS does.
    """
    told = False
    while True:
        document = callbacks.find(context.aws, token)
        if document is None or document["Status"] != callbacks.WAITING:
            return told
        if now() > document["Deadline"]:
            raise Failure(
                f"ClientError: The callback token {token} was not sent back within "
                f"{callbacks.LONGEST_SECONDS // 86_400} days."
            )
        if context.stop.requested and not told:
            context.change_status("Stopping")
            _send(context, token, "Stopping")
            told = True
        if told:
            time.sleep(_POLL_SECONDS)
        else:
            context.stop.wait(_POLL_SECONDS)


def _send(context: StepContext, token: str, status: str) -> None:
    url = context.arguments["SqsQueueUrl"]
    _check_region(context, url)
    message = {
        "token": token,
        "pipelineExecutionArn": context.execution,
        "arguments": context.arguments["Payload"],
        "status": status,
    }
    try:
        context.acting.clients.get("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(message))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise of_code(code, f"ClientError: Failed to send a message to {url}: {error}") from error
    except BotoCoreError as error:
        raise Failure(f"ClientError: Failed to send a message to {url}: {error}") from error


def _check_region(context: StepContext, url: str) -> None:
    """Refuse a queue of another region than the pipeline's: the local AWS would take one of the same name for it."""
    found = _HOST.match(url)
    region = found and (found[1] or found[2])
    if region and region != context.aws.settings.region:
        raise Failure(
            f"ClientError: The queue {url} is in {region}; the pipeline sends to queues of "
            f"{context.aws.settings.region}."
        )


def _outputs(context: StepContext, ended: Document, stopping: bool) -> Document:
    context.record(_metadata(ended))
    if stopping:
        raise Stopped
    if ended["Status"] == callbacks.FAILED:
        raise Failure(ended.get("FailureReason", "The callback step failed; no reason was given."))
    return {"OutputParameters": outputs.type_outputs(ended["Declared"], ended.get("OutputParameters", []))}


def _metadata(document: Document) -> Document:
    members = ("CallbackToken", "SqsQueueUrl", "OutputParameters")
    return {"Callback": {name: document[name] for name in members if name in document}}


RUNS: dict[str, Run] = {"Callback": callback}
