"""Callbacks: what Callback steps wait for, in the store by the token that their messages carry.

A token is on disk before its message is sent, and an answer before its step goes on: neither is lost with the process.
A token that has been answered, or whose step has ended, is kept, so that it is known as used.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence

from localaws import errors
from localaws.aws import Aws, now
from localaws.engine import outputs
from localaws.shapes import Document

_KIND = "callback"
_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 10  # botocore: CallbackToken
LONGEST_SECONDS = 7 * 86_400
WAITING, SUCCEEDED, FAILED = "Waiting", "Succeeded", "Failed"
_CLOSED = "Closed"  # its step ended without an answer


def find_open(aws: Aws, execution: str, step: str) -> Document | None:
    """The callback that a step of an execution waits for, also where it has been answered but not heard of."""
    return next((item for item in _open(aws, execution) if item["StepName"] == step), None)


def steps_of(aws: Aws, execution: str) -> set[str]:
    """The names of the steps of an execution that wait for callbacks."""
    return {item["StepName"] for item in _open(aws, execution)}


def open_callback(aws: Aws, execution: str, step: str, url: str, declared: Sequence[Document]) -> Document:
    """Make a token for a step, whose message has not been sent; `declared` are the step's OutputParameters."""
    document: Document = {
        "CallbackToken": "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)),
        "PipelineExecutionArn": execution,
        "StepName": step,
        "SqsQueueUrl": url,
        "Declared": list(declared),
        "Deadline": now() + LONGEST_SECONDS,
        "Status": WAITING,
        "Sent": False,
        "Ended": False,
    }
    aws.store.put(_KIND, document["CallbackToken"], document)
    return document


def find(aws: Aws, token: str) -> Document | None:
    """A callback by its token."""
    return aws.store.get(_KIND, token)


def mark_sent(aws: Aws, token: str) -> None:
    """Note that the queue has taken the message: it is not sent again after a restart."""
    aws.store.update(_KIND, token, Sent=True)


def answer(aws: Aws, token: str, status: str, request: Document) -> str:
    """End a callback as who holds its token says, and answer its execution; the same request again changes nothing.

    Raises ResourceNotFound for a token that nobody was sent, ValidationException for one that is used up and for
    outputs that are not of their declared types.
    """
    with aws.store.transaction():
        document = find(aws, token)
        if document is None:
            raise errors.not_found(f"Callback token {token} does not exist.")
        execution: str = document["PipelineExecutionArn"]
        given = {"Status": status, "ClientRequestToken": request.get("ClientRequestToken")}
        if document["Status"] != WAITING or document["Ended"]:
            if given.items() <= document.items():
                return execution
            raise errors.validation(f"Step {document['StepName']} is already in a terminal status.")
        given_outputs = request.get("OutputParameters", [])
        outputs.type_outputs(document["Declared"], given_outputs)
        reason = {"FailureReason": request["FailureReason"]} if request.get("FailureReason") else {}
        aws.store.update(_KIND, token, **given, OutputParameters=given_outputs, **reason)
    return execution


def close(aws: Aws, token: str) -> Document:
    """End the wait for a callback, whether it was answered or not; answers what was said."""
    with aws.store.transaction():
        document = aws.store.get(_KIND, token) or {}
        status = _CLOSED if document["Status"] == WAITING else document["Status"]
        return aws.store.update(_KIND, token, Ended=True, Status=status)


def close_all(aws: Aws, execution: str) -> None:
    """End the wait for all callbacks of an execution."""
    for item in _open(aws, execution):
        close(aws, item["CallbackToken"])


def forget(aws: Aws, execution: str) -> None:
    """Remove the callbacks of an execution that is removed."""
    for item in aws.store.all(_KIND):
        if item["PipelineExecutionArn"] == execution:
            aws.store.delete(_KIND, item["CallbackToken"])


def _open(aws: Aws, execution: str) -> list[Document]:
    return [item for item in aws.store.all(_KIND) if item["PipelineExecutionArn"] == execution and not item["Ended"]]
