"""HTTP of the model's server: ``GET /ping`` and ``POST /invocations``, all in one loop.

A thread a connection would have the threads wait for each other longer than a forward pass takes.
"""

import asyncio
import sys
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import cast

import httptools

from localaws.algorithms.image_classification.batching import Batcher, Request
from localaws.algorithms.image_classification.invocation import check_headers, read_image, write_answer
from localaws.algorithms.image_classification.log import format_line, log
from localaws.algorithms.image_classification.losses import Floats
from localaws.inference_toolkit.web import RefusedError, check_source

_IDLE_SECONDS = 60
_LOG_SECONDS = 0.05
_PING, _INVOCATIONS = "/ping", "/invocations"
_CLOSE = "Connection: close\r\n"
_BESIDE_THE_LOOP = 64 * 1024
"""Bytes of an image that is decoded in a thread, as others would wait for it."""


class AccessLog:
    """A line a request, printed some at once: whoever reads them wakes up for each time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lines: list[str] = []

    def add(self, text: str) -> None:
        """Print a line soon, with the time that it is now."""
        if not self._lines:
            self._loop.call_later(_LOG_SECONDS, self.flush)
        self._lines.append(format_line(text))

    def flush(self) -> None:
        """Print what has gathered."""
        lines, self._lines = self._lines, []
        if lines:
            # Where output is unbuffered, print writes the last newline apart, and wakes up who reads once more.
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            sys.stdout.flush()


@dataclass(frozen=True)
class Service:
    """What all connections share."""

    image_shape: tuple[int, int, int]
    batcher: Batcher
    loop: asyncio.AbstractEventLoop
    access: AccessLog


class Connection(asyncio.Protocol):
    """One connection; it carries one request after the other."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._parser = httptools.HttpRequestParser(self)
        self._open = False  # a request is under way
        self._closing = False
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the open connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._heard = self._service.loop.time()
        self._look = self._service.loop.call_later(_IDLE_SECONDS, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        del exc
        self._closing = True
        self._look.cancel()

    def data_received(self, data: bytes) -> None:
        """Read what has come of a request; what follows one that was refused is not read."""
        self._heard = self._service.loop.time()
        if self._closing:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(RefusedError(HTTPStatus.BAD_REQUEST, "The request is no HTTP."))

    def on_message_begin(self) -> None:
        """Begin a request; nobody sends a second one before the first is answered."""
        if self._open:
            self._transport.abort()
        self._begin()
        self._open = True

    def on_url(self, url: bytes) -> None:
        """Keep the path."""
        self._path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; of one that comes several times the values in a row."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """Refuse what will not be answered, before its body is read."""
        self._method = self._parser.get_method().decode("ascii")
        try:
            check_source(self._headers)
            if (self._method, self._path) not in (("GET", _PING), ("POST", _INVOCATIONS)):
                words = f"There is no {self._path} here: GET /ping or POST /invocations."
                raise RefusedError(HTTPStatus.NOT_FOUND, words)
            if self._path == _INVOCATIONS:
                check_headers(self._headers)
        except RefusedError as refused:
            self._refuse(refused)
            return
        if self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body."""
        if not self._closing:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """Answer a ping, or pass an image on."""
        if self._closing:
            return
        if self._path == _PING:
            self._answer(HTTPStatus.OK, "application/json", b"")
            return
        body = b"".join(self._parts)
        if len(body) <= _BESIDE_THE_LOOP:
            self._take(body)
            return
        decoded = self._service.loop.run_in_executor(None, read_image, body, self._service.image_shape)
        decoded.add_done_callback(self._take_decoded)

    def _take(self, body: bytes) -> None:
        try:
            image = read_image(body, self._service.image_shape)
        except RefusedError as refused:
            self._refuse(refused)
        else:
            self._service.batcher.add(Request(image, self._tell))

    def _take_decoded(self, decoded: "asyncio.Future[Floats]") -> None:
        failure = decoded.exception()
        if isinstance(failure, RefusedError):
            self._refuse(failure)
        elif failure:
            self._tell(RuntimeError(str(failure)))
        else:
            self._service.batcher.add(Request(decoded.result(), self._tell))

    def _tell(self, found: Floats | Exception) -> None:
        if isinstance(found, Exception):
            log(f"The model failed: {type(found).__name__}: {found}")
            self._transport.close()  # without an answer: whoever asks sees that the model gave none
            return
        self._answer(HTTPStatus.OK, *write_answer(found.tolist(), self._headers.get("accept", "")))

    def _refuse(self, refused: RefusedError) -> None:
        """Answer with a sentence and close: what is left of the body cannot be told from a next request."""
        self._closing = True
        self._answer(refused.status, "text/plain; charset=utf-8", str(refused).encode())

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self._closing = self._closing or not self._parser.should_keep_alive()
        self._open = False
        self._transport.write(_write_head(status, content_type, len(body), self._closing) + body)
        if self._closing:
            self._transport.close()
        if self._path != _PING:  # they come every few seconds
            self._service.access.add(f'"{self._method} {self._path} HTTP/1.1" {status.value} -')

    def _begin(self) -> None:
        self._path, self._method = "", ""
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []

    def _close_if_idle(self) -> None:
        idle = self._service.loop.time() - self._heard
        if idle >= _IDLE_SECONDS:
            self._transport.close()
        else:
            self._look = self._service.loop.call_later(_IDLE_SECONDS - idle, self._close_if_idle)


@lru_cache(maxsize=256)
def _write_head(status: HTTPStatus, content_type: str, length: int, closing: bool) -> bytes:
    # Should a browser show it all the same, it is no page: a sentence here repeats what the request said.
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {length}\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Security-Policy: sandbox; default-src 'none'\r\n"
        f"{_CLOSE if closing else ''}\r\n"
    ).encode("latin-1")
