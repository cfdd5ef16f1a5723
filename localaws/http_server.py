"""The HTTP server of the port: uvicorn, which only this machine's own programs reach."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localaws.settings import HOST

_KEEP_ALIVE_SECONDS = 75
_GRACE_SECONDS = 1  # for requests in flight, once the port is closed
_LONGEST_HELD = 16_384  # bytes


class _Joining:
    """A connection that waits with what is written until more comes, or the loop's next turn.

    An answer's head and body come one after the other. Sent apart, each wakes up who waits for them.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a connection has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data, with what was held back; what is short and the first of a turn is held back."""
        if self._held or len(data) > _LONGEST_HELD:
            held, self._held = self._held, b""
            self._transport.writelines([held, data] if held else [data])
        elif data:
            self._held = data
            self._loop.call_soon(self.send)

    def send(self) -> None:
        """Send what was held back."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)

    def close(self) -> None:
        """Send what was held back, and close."""
        self.send()
        self._transport.close()


class _Protocol(HttpToolsProtocol):
    """uvicorn's, on connections that join what it writes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take over the open connection."""
        super().connection_made(_Joining(transport, self.loop))  # type: ignore[arg-type]


class HttpServer(uvicorn.Server):
    """Serves an ASGI application until `should_exit` is set, and then answers what it has begun.

    Signals are left to who runs it, as there may be something to do before the port closes.
    """

    def __init__(self, application: Any, port: int) -> None:  # noqa: ANN401 - ASGI
        super().__init__(
            uvicorn.Config(
                application,
                host=HOST,
                port=port,
                http=_Protocol,
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                # Who asks is who has connected: a header that a program of this machine writes says nothing.
                proxy_headers=False,
                # AWS names no such server, and MiniStack dates its answers.
                server_header=False,
                date_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
