"""What AWS's errors mean: not there, there already, try again later, or closed to this account.

Reads botocore's ClientError by its `response`, so that neither library is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# An answer to HEAD has no body: its code is the status.
MISSING = frozenset(
    {
        *("404", "NotFound", "NoSuchKey", "NoSuchBucket", "NoSuchEntity", "NotFoundException"),
        *("ResourceNotFound", "ResourceNotFoundException", "ObjectNotFoundException", "StateMachineDoesNotExist"),
        *("ImageNotFoundException", "RepositoryNotFoundException", "RepositoryDoesNotExistException"),
        *("ServerSideEncryptionConfigurationNotFoundError",),
    }
)
# SageMaker, CloudFormation and Application Auto Scaling say it in the message of these.
_INVALID = frozenset({"ValidationException", "ValidationError"})
_MISSING_WORDS = ("does not exist", "could not find", "cannot find", "not found", "no scalable target found")
THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException"),
        *("TooManyRequestsException", "RequestLimitExceeded", "SlowDown"),
    }
)
RETRYABLE = THROTTLED | {"ServiceUnavailable", "InternalError", "RequestTimeout", "503", "500"}


def get_code(error: BaseException) -> str:
    """Return the code of a ClientError; empty for another error."""
    return str(_details(error).get("Code", ""))


def is_missing(error: BaseException) -> bool:
    """Whether a call failed because its resource does not exist."""
    code = get_code(error)
    return code in MISSING or (code in _INVALID and any(words in _message(error) for words in _MISSING_WORDS))


def is_existing(error: BaseException) -> bool:
    """Whether a Create call failed because its resource exists."""
    return "already exist" in _message(error)


def is_retryable(error: BaseException) -> bool:
    """Whether the same call may succeed later."""
    return get_code(error) in RETRYABLE


def is_closed(error: BaseException) -> bool:
    """Whether AWS has closed a feature to this account: only the message tells that."""
    return "maintenance mode" in _message(error) and "new customers" in _message(error)


def find_resource(call: Callable[..., T], **request: Any) -> T | None:  # noqa: ANN401 - a request's members have any type
    """Return the answer of a call that reads a resource; None where it does not exist."""
    try:
        return call(**request)
    except Exception as error:
        if is_missing(error):
            return None
        raise


def _details(error: BaseException) -> dict[str, Any]:
    details: dict[str, Any] = getattr(error, "response", {}).get("Error", {})
    return details


def _message(error: BaseException) -> str:
    return str(_details(error).get("Message", "")).lower()
