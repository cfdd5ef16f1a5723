"""The errors that SageMaker answers with, under AWS's codes (botocore's model names them)."""

from __future__ import annotations


class AwsError(Exception):
    """An answer with an error code. `code` is what botocore puts into `Error.Code`."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def validation(message: str) -> AwsError:
    """The request is malformed, or AWS refuses what it asks for."""
    return AwsError("ValidationException", message)


def not_found(message: str) -> AwsError:
    """The resource does not exist, where the operation's model has ResourceNotFound."""
    return AwsError("ResourceNotFound", message)


def in_use(message: str) -> AwsError:
    """A resource of this name exists already, or is busy."""
    return AwsError("ResourceInUse", message)


def conflict(message: str) -> AwsError:
    """The resource's state does not allow the operation now."""
    return AwsError("ConflictException", message)
