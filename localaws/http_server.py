"""The HTTP server of the port: uvicorn, which only this machine's own programs reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from localaws.settings import HOST

_KEEP_ALIVE_SECONDS = 75
_GRACE_SECONDS = 1  # for requests in flight, once the port is closed


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
                http="httptools",
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
