"""Asks AWS about things that may be gone, or half gone, already."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

T = TypeVar("T")
U = TypeVar("U")
# How services say that something is not there. The last two are a local AWS's, of what it does not emulate.
ABSENT = frozenset(
    {
        *("404", "NoSuchBucket", "NoSuchKey", "NotFoundException", "ResourceNotFound", "ResourceNotFoundException"),
        *("RepositoryNotFoundException", "RepositoryDoesNotExistException", "StateMachineDoesNotExist"),
        *("ObjectNotFoundException", "ServerSideEncryptionConfigurationNotFoundError"),
        *("NoSuchEntity", "UnsupportedOperation", "400"),
    }
)
MISSING_WORDS = ("does not exist", "Could not find", "not found", "Cannot find")


def unless_gone(call: Callable[[], T], otherwise: U) -> T | U:
    """Return what a call answers, or `otherwise` where what it asks about is not there."""
    try:
        return call()
    except ClientError as error:
        if is_absent(error):
            return otherwise
        raise


def is_absent(error: ClientError) -> bool:
    """Whether a refusal says that something is not there; SageMaker says it as a ValidationException."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in ABSENT:
        return True
    return code == "ValidationException" and any(words in message for words in MISSING_WORDS)


def is_closed(error: ClientError) -> bool:
    """Whether a refusal says that AWS has closed a feature to this account; only its message does."""
    message = error.response["Error"].get("Message", "").lower()
    return "maintenance mode" in message and "new customers" in message
