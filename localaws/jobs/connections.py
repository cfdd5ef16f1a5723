"""HTTP to one model's server, over connections that are kept for the next request: for threads, and for a loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import cast

import httptools
import urllib3

from localaws.serving.instance import Reply, ServerGone
from localaws.settings import HOST

ANSWER_SECONDS = 60  # AWS's limit for one answer of an endpoint
_IDLE_CONNECTIONS = 64


class Connections:
    """Asks one server from any thread: whether it is ready, and what a transform job has."""

    def __init__(self, port: int) -> None:
        self._pool = urllib3.HTTPConnectionPool(HOST, port, maxsize=_IDLE_CONNECTIONS, retries=False)

    def ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], seconds: float = ANSWER_SECONDS
    ) -> Reply:
        """Send one request; raises TimeoutError after the seconds, ServerGone where there is nobody to ask."""
        try:
            return self._exchange(method, path, body, headers, seconds)
        except ServerGone:
            # The server may have closed the connection just now; a new one tells whether it is there.
            return self._exchange(method, path, body, headers, seconds)

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    def _exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Reply:
        try:
            answer = self._pool.urlopen(
                method, path, body or None, headers, redirect=False, decode_content=False, timeout=seconds
            )
        except urllib3.exceptions.ReadTimeoutError as error:
            raise TimeoutError(str(error)) from error
        except urllib3.exceptions.HTTPError as error:
            raise ServerGone(str(error)) from error
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.data)


class LoopConnections:
    """Asks one server from the loop that answers the port. A thread a request would cost more than the request."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []

    async def post(self, path: str, body: bytes, headers: Mapping[str, str], seconds: float = ANSWER_SECONDS) -> Reply:
        """Send one request; raises TimeoutError after the seconds, ServerGone where there is nobody to ask."""
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{self._port}\r\nAccept-Encoding: identity\r\n{head}"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode("latin-1") + body
        if self._idle:
            try:
                return await self._idle.pop().ask(request, seconds)
            except ServerGone:  # it may have closed the connection just now; a new one tells whether it is there
                pass
        return await (await self._connect()).ask(request, seconds)

    async def _connect(self) -> _Connection:
        try:
            _, made = await asyncio.get_running_loop().create_connection(
                partial(_Connection, self._idle), HOST, self._port
            )
        except OSError as error:
            raise ServerGone(str(error)) from error
        return made


class _Connection(asyncio.Protocol):
    """One connection, which lies among the idle ones while it has nothing to do. It ends with its server."""

    def __init__(self, idle: list[_Connection]) -> None:
        self._idle = idle
        self._answer: asyncio.Future[Reply] | None = None
        self._loop = asyncio.get_running_loop()
        self._late = 0.0
        self._look: asyncio.TimerHandle | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._begin()

    async def ask(self, request: bytes, seconds: float) -> Reply:
        """Send a whole request, and wait for the whole answer; raises TimeoutError and ServerGone."""
        answer = self._answer = self._loop.create_future()
        self._allow(seconds)
        try:
            self._transport.write(request)
            return await answer
        finally:
            if not answer.done() or answer.cancelled():
                self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the open connection."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read what has come of an answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._transport.abort()
            self._end(ServerGone(f"It answered no HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """End with an answer whose end is the connection's, or without one."""
        if self in self._idle:
            self._idle.remove(self)
        if self._look:
            self._look.cancel()
        if self._status >= 200 and not self._length_known:
            self.on_message_complete()
        self._end(ServerGone(str(exc or "The server closed the connection before it had answered.")))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """Note what says where the answer ends."""
        self._status = self._parser.get_status_code()
        self._length_known = not {"content-length", "transfer-encoding"}.isdisjoint(self._headers)

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Hand over the answer, and lie down among the idle; what comes before an answer (100) is passed over."""
        status, kept = self._status, self._parser.should_keep_alive() and not self._transport.is_closing()
        reply = Reply(status, self._headers, b"".join(self._parts))
        self._begin()
        if status < 200:
            return
        if kept and self._answer and not self._answer.done():
            self._idle.append(self)
        else:
            self._transport.close()
        if self._answer and not self._answer.done():
            self._answer.set_result(reply)

    def _begin(self) -> None:
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self._status, self._length_known = 0, True

    def _allow(self, seconds: float) -> None:
        """Give the answer its time. One timer is set for many answers, as most come long before it."""
        self._late = self._loop.time() + seconds
        if self._look is None or self._look.when() > self._late:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._look:
            self._look.cancel()
        self._look = self._loop.call_at(self._late, self._give_up)

    def _give_up(self) -> None:
        self._look = None
        if self._answer is None or self._answer.done():
            return
        if self._loop.time() < self._late:
            self._set_timer()
            return
        self._transport.abort()
        self._end(TimeoutError("There was no answer in time."))

    def _end(self, failure: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(failure)
