"""ASGI as all speak it that stand before MiniStack: reading the body of a request, and sending a whole answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class GoneError(Exception):
    """Who asked has closed the connection."""


async def read_body(receive: Receive, most: float = float("inf")) -> bytes:
    """The body of a request; of one with more than `most` bytes a beginning that has more. Raises GoneError."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message.get("type") == "http.disconnect":
            raise GoneError
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body") or size > most:
            return b"".join(parts)


async def respond(send: Send, status: int, headers: Mapping[str, str], content: bytes) -> None:
    """Send an answer, whose length is added to its headers."""
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    encoded.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})
