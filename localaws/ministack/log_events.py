"""Events of CloudWatch Logs from the process of the local AWS itself: as its objects, they do not go through HTTP.

An endpoint that answers a thousand requests a second writes as many lines, and each call would have a turn of a client,
a signature and a connection that those requests wait for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from localaws.ministack.objects import Requests, is_served
from localaws.settings import Settings

_TARGET = "Logs_20140328.PutLogEvents"


class LogEvents:
    """Puts events under an access key; by the client where this process is not the local AWS.

    Errors are ClientError, as the client raises them. For threads other than the server's loop.
    """

    def __init__(self, client: Any, key: str, settings: Settings) -> None:  # noqa: ANN401 - boto3's client
        self._client = client
        self._requests = Requests("logs", "json", key, settings)

    def put(self, group: str, stream: str, events: Sequence[Mapping[str, str | int]]) -> None:
        """Add events to a stream that exists."""
        members = {"logGroupName": group, "logStreamName": stream, "logEvents": list(events)}
        if not is_served():
            self._client.put_log_events(**members)
            return
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": _TARGET}
        self._requests.ask("POST", "PutLogEvents", "/", json.dumps(members).encode(), headers=headers)
