"""Errors of our own in the protocol of the service that was asked, as MiniStack writes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from ministack import app
from ministack.core import iam_evaluator

READS = {app: ("_credential_failure",), iam_evaluator: ("AuthError",)}

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


def build_refusal(service: str, code: str, message: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a request, by its headers, whose sender is unknown; `code` is MiniStack's."""
    number = str(uuid.uuid4())
    failure = iam_evaluator.AuthError(code, message)
    status, answered, body = app._credential_failure(service, "", number, failure, headers)
    return status, {**answered, "x-amzn-requestid": number}, body


def build_failure(service: str, message: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a request that is the service's own fault: status 500, which SDKs try again.

    https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and, for S3,
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    code = "InternalError" if service == "s3" else "InternalFailure"
    _, answered, body = build_refusal(service, code, message, headers)
    answered = {name: value.replace(";Sender", ";Receiver") for name, value in answered.items()}
    return 500, answered, body.replace(b"<Type>Sender</Type>", b"<Type>Receiver</Type>")
