"""Errors between the page and AWS, as sentences for the person who watches."""

from __future__ import annotations

from botocore import exceptions

from common.aws_errors import THROTTLED
from console.errors import explain

_DENIED = ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized")
_EXPIRED = (
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
)
_UNREACHABLE = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectionClosedError,
    exceptions.ConnectTimeoutError,
    exceptions.ReadTimeoutError,
)


def format_error(error: Exception) -> str:
    """A sentence on what happened and what to do; the program's own defects are named as such."""
    if isinstance(error, exceptions.ClientError):
        return _format_refusal(error)
    if isinstance(error, _UNREACHABLE):
        return "AWS does not answer. If it is the local AWS, start it with `scones up`; the page recovers by itself."
    return explain(error) or f"The page failed at this: {type(error).__name__}: {error}"


def _format_refusal(error: exceptions.ClientError) -> str:
    code, operation = error.response.get("Error", {}).get("Code"), error.operation_name
    if code in THROTTLED:
        return f"AWS asks for fewer calls ({operation} was throttled); the page retries after a pause."
    if code in _DENIED:
        message = error.response["Error"].get("Message", "")
        return f"Your credentials may not call {operation}; ask for that permission. AWS says: {message}"
    if code in _EXPIRED:
        return f"AWS refused {operation}: the credentials have expired; sign in again and start the page again."
    return explain(error) or str(error)
