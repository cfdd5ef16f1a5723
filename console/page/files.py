"""Serves files to the page's own frames: reports, which are other people's HTML and may do nothing, and images."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import app
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from console.page.context import Context
from console.page.errors import format_error
from console.page.source import Source

HTML = "text/html; charset=utf-8"
# The header holds where somebody opens the address outside of its frame, too.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-store"}

Read = Callable[[Source, Request], tuple[bytes, str]]
"""Fetches a file's content and its media type for a request."""


def serve_file(context: Context, route: str, read: Read) -> None:
    """Serve what a panel reads under a route."""

    async def answer(request: Request) -> Response:
        try:
            content, kind = await asyncio.to_thread(read, context.source, request)
        except Exception as error:
            return PlainTextResponse(format_error(error), 404, _HEADERS)
        return Response(content, media_type=kind, headers=_HEADERS)

    app.add_route(route, answer)
