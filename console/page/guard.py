"""Lets in who was given the address. The page can approve a model: no other page and no other user may reach it.

The address that `scones console` prints carries a token, which holds once: the visit turns it into a cookie that holds
another secret, and the address in the browser loses it (see login.py). A page of somebody else's in the same browser
can reach 127.0.0.1 by a script (which carries its Origin) or under a name of its own that resolves there (which carries
that name as Host); both are refused.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from localaws import home

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

_OURS = ("127.0.0.1", "localhost")
# Quasar and Vue compile their templates, hence the eval; nothing is loaded from anywhere but here.
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware around the whole application, web socket and uploads included."""

    def __init__(self, app: Application, *, login: Login, port: int) -> None:
        self._app, self._entrance = app, login
        # Browsers share cookies between the ports of a host.
        self._cookie = f"scones_console_{port}"

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        answer = self._answer(connection)
        if answer is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "http":
            await answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _answer(self, connection: HTTPConnection) -> Response | None:
        """What is answered in the application's place; None where the request may pass."""
        refused = self.refusal(connection.headers.get("host"), connection.headers.get("origin"))
        if refused:
            return PlainTextResponse(refused, 403)
        given = connection.query_params.get("token")
        if connection.scope["type"] == "http" and given is not None and self._entrance.redeem(given):
            return self._welcome(connection)
        if not self._entrance.is_session(connection.cookies.get(self._cookie, "")):
            return PlainTextResponse(
                "Open the last address that `scones console` printed: it carries a token, which holds for one visit.",
                403,
            )
        return None

    def refusal(self, host: str | None, origin: str | None) -> str | None:
        """Why a request under these headers is refused, in a sentence."""
        if host is None or _name(f"//{host}") not in _OURS:
            return f"The host {host!r} is not this machine's own name; use 127.0.0.1."
        if origin is not None and (_name(origin) not in _OURS or urlsplit(origin).netloc != host):
            return f"Requests of web pages from {origin!r} are refused."
        return None

    def _welcome(self, connection: HTTPConnection) -> Response:
        rest = urlencode([(key, value) for key, value in parse_qsl(connection.url.query) if key != "token"])
        # A path that begins with two slashes would lead to another host.
        place = "/" + connection.url.path.lstrip("/") + (f"?{rest}" if rest else "")
        answer = RedirectResponse(place, 303)
        answer.set_cookie(self._cookie, self._entrance.cookie, httponly=True, samesite="lax")
        return answer


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # such as a bracket that is not closed
        return None


def _with_headers(send: Any) -> Any:  # noqa: ANN401
    async def send_more(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            known = {name.lower() for name, _ in message["headers"]}
            added = [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name.encode() not in known]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return send_more


class Login:
    """Holds the token of the next login and the secret of the session's cookie; neither follows from the other."""

    def __init__(self, root: str, file: Path, announce: Callable[[str], None]) -> None:
        """Make the first token. `announce` is called with each later address, when the one before it was used."""
        self.cookie = secrets.token_urlsafe(24)
        self.file = file
        self._root, self._announce = root, announce
        for folder in (file.parent.parent, file.parent):  # the home, which may not be there yet, and the page's own
            home.make(folder)
        self._renew()

    @property
    def address(self) -> str:
        """The address of the next login."""
        return f"{self._root}/?{urlencode({'token': self._token})}"

    def redeem(self, token: str) -> bool:
        """Whether this is the token, which holds once; the next one is announced."""
        if not _same(token, self._token):
            return False
        self._renew()
        self._announce(self.address)
        return True

    def is_session(self, cookie: str) -> bool:
        """Whether this is the session's cookie."""
        return _same(cookie, self.cookie)

    def close(self) -> None:
        self.file.unlink(missing_ok=True)

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(24)
        home.draft(self.file, _page(self.address)).replace(self.file)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _page(address: str) -> str:
    there = escape(address, quote=True)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scones</title>'
        f'<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url={there}"></head>'
        f'<body><p><a href="{there}">Open Scones</a></p></body></html>\n'
    )
