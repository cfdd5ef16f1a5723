"""What a fleet asks of an instance; localaws.hosting has the one that runs a model's server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


class ServerGone(Exception):
    """No connection to the server, or it ended before it answered: another server may be asked."""


@dataclass(frozen=True)
class Reply:
    """What a model's server answered; header names are in lower case. `container` is which of a model's it was."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    container: str = "primary"


class Instance(Protocol):
    """A server that is started, asked and stopped. `in_flight` is the router's count of its open requests."""

    in_flight: int

    def start(self, given_up: Callable[[], bool]) -> None:
        """Start, and wait until requests are answered; raises where that does not come."""

    @property
    def alive(self) -> bool:
        """Whether the server is running."""

    async def post(self, body: bytes, headers: Mapping[str, str], target: str | None = None) -> Reply:
        """Ask the model, or its container of a host name; raises TimeoutError or ServerGone."""

    def flush_log(self) -> None:
        """Bring new lines to CloudWatch Logs."""

    def stop(self) -> None:
        """End the server."""
