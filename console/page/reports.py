"""Serves reports to the page's own frames, and pictures. They are other people's HTML, so they may do nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import app
from starlette.responses import PlainTextResponse, Response

from console.page.context import Context
from console.page.data import drift, registry, review
from console.page.trouble import tell

# The header holds where somebody opens the address outside of its frame, too.
_HTML = "text/html; charset=utf-8"
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def offer(context: Context) -> None:
    """Add the addresses of reports, /report/<version> and /report/drift/latest, and of pictures that wait."""

    @app.get("/report/{number}")
    async def evaluation(number: int) -> Response:
        return await _answer(lambda: (registry.report(context.source, number), _HTML))

    @app.get("/report/drift/latest")
    async def monitoring() -> Response:
        return await _answer(lambda: (drift.report(context.source), _HTML))

    @app.get("/picture")
    async def picture(key: str) -> Response:
        return await _answer(lambda: review.picture(context.source, key))


async def _answer(read: Callable[[], tuple[bytes, str]]) -> Response:
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
    try:
        content, kind = await asyncio.to_thread(read)
    except Exception as error:
        return PlainTextResponse(tell(error), 404, headers)
    return Response(content, media_type=kind, headers=headers)
