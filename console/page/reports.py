"""Serves the evaluation reports to the page's own frames. They are other people's HTML, so they may do nothing."""

from __future__ import annotations

import asyncio

from nicegui import app
from starlette.responses import PlainTextResponse, Response

from console.page.context import Context
from console.page.data import registry
from console.page.trouble import tell

# The header holds where somebody opens the address outside of its frame, too.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def offer(context: Context) -> None:
    """Add the address /report/<version>."""

    @app.get("/report/{number}")
    async def report(number: int) -> Response:
        headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
        try:
            content = await asyncio.to_thread(registry.report, context.source, number)
        except Exception as error:
            return PlainTextResponse(tell(error), 404, headers)
        return Response(content, media_type="text/html; charset=utf-8", headers=headers)
