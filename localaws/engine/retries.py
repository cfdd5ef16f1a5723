"""Retry policies of a step: which failures are tried again, when, and how often."""

from __future__ import annotations

from collections.abc import Sequence

from localaws.shapes import Document

SERVICE_FAULT = "Step.SERVICE_FAULT"
THROTTLING = "Step.THROTTLING"
INTERNAL_ERROR = "SageMaker.JOB_INTERNAL_ERROR"
CAPACITY_ERROR = "SageMaker.CAPACITY_ERROR"
RESOURCE_LIMIT = "SageMaker.RESOURCE_LIMIT"

EXCEPTION_TYPES = (SERVICE_FAULT, THROTTLING, INTERNAL_ERROR, CAPACITY_ERROR, RESOURCE_LIMIT)
"""https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html"""

AUTOMATIC: Document = {"ExceptionType": [SERVICE_FAULT, THROTTLING]}
"""What AWS retries of any step, unless the step's own policy says otherwise; how often, it does not say."""

_REASONS = {
    "InternalServerError": INTERNAL_ERROR,
    "CapacityError": CAPACITY_ERROR,
    "ResourceLimitExceeded": RESOURCE_LIMIT,
}
_CODES = {
    "ThrottlingException": THROTTLING,
    "ResourceLimitExceeded": RESOURCE_LIMIT,
    "InternalError": SERVICE_FAULT,
}
_DEFAULT_ATTEMPTS = 5


class Failure(Exception):
    """Why a step failed, and the exception type that a retry policy may name (None: nothing retries it)."""

    def __init__(self, reason: str, exception_type: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exception_type = exception_type


def of_job(reason: str) -> Failure:
    """The failure of a step whose job ended with this FailureReason."""
    return Failure(reason, _REASONS.get(reason.partition(":")[0]))


def of_code(code: str, sentence: str) -> Failure:
    """The failure of a step whose API call was answered with this error code."""
    return Failure(sentence, _CODES.get(code))


def delay(policies: Sequence[Document], failure: Failure, attempt: int, elapsed: float) -> float | None:
    """Seconds to wait before attempt `attempt` + 1, or None when the failure is final.

    `attempt` counts from 1; `elapsed` is the seconds since the first attempt began.
    """
    for policy in policies:
        if failure.exception_type not in policy.get("ExceptionType", []):
            continue
        if attempt > policy.get("MaxAttempts", _DEFAULT_ATTEMPTS):
            return None
        if "ExpireAfterMin" in policy and elapsed > policy["ExpireAfterMin"] * 60:
            return None
        wait: float = policy.get("IntervalSeconds", 1) * policy.get("BackoffRate", 2.0) ** (attempt - 1)
        return wait
    return None
