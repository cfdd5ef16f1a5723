"""The answer that CloudFormation waits for, put to the address that its request names."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

LOCAL = ("127.0.0.1", "localhost")
LONGEST_REASON = 1000
ATTEMPTS = 3
TIMEOUT_SECONDS = 5


def answer(
    event: dict[str, Any], physical_id: str, failure: str | None, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Say that a request was fulfilled, or why not; tried three times, then raised."""
    document = {
        "Status": "FAILED" if failure else "SUCCESS",
        "Reason": (failure or "")[:LONGEST_REASON],
        "PhysicalResourceId": physical_id,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = _request(event["ResponseURL"], document)
    for attempt in range(ATTEMPTS):
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310 - the scheme was checked
                return
        except (URLError, TimeoutError):
            if attempt == ATTEMPTS - 1:
                raise
            sleep(attempt + 1)


def _request(url: str, document: dict[str, Any]) -> Request:
    """A PUT without a content type, as the address was signed; only to https, and to this very machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise ValueError(f"ResponseURL begins with {parts.scheme}://{parts.hostname}; it must be an https address.")
    return Request(url, json.dumps(document).encode(), {"Content-Type": ""}, method="PUT")  # noqa: S310
