"""Stands between the page and AWS: passes every call on, counts it, and refuses what it is told to refuse."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from localaws import keys
from localaws.keys import Credentials
from localaws.settings import HEALTH

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}  # Host is signed, and goes on


class Relay:
    """A relay to a port of 127.0.0.1 that knows the key: who does not cannot stand in between."""

    def __init__(self, port: int, key: Credentials) -> None:
        self._key = key
        self.calls: Counter[str] = Counter()
        self._refused: dict[str, str] = {}
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                relay._serve(self, port)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def refusing(self, operation: str, code: str) -> Iterator[None]:
        """While this lasts, an operation is answered with an error of AWS's."""
        self._refused[operation] = code
        try:
            yield
        finally:
            del self._refused[operation]

    def count(self, seconds: float) -> Counter[str]:
        """The calls within the next seconds."""
        before = self.calls.copy()
        time.sleep(seconds)
        return self.calls - before

    def _serve(self, handler: BaseHTTPRequestHandler, port: int) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        operation = handler.headers.get("x-amz-target", handler.path.split("?")[0]).split(".")[-1]
        self.calls[operation] += 1
        if operation.endswith(HEALTH):
            nonce = handler.path.rpartition("nonce=")[2]
            said = json.dumps({"proof": keys.prove(self._key, self.port, nonce)}).encode()
            return _answer(handler, 200, {"content-type": "application/json"}, said)
        code = self._refused.get(operation)
        if code:
            said = json.dumps({"__type": code, "message": "not for you"}).encode()
            return _answer(handler, 400, {"content-type": "application/x-amz-json-1.1"}, said)
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in _HOP_BY_HOP}
            connection.request(handler.command, handler.path, body, headers)
            answer = connection.getresponse()
            return _answer(handler, answer.status, dict(answer.getheaders()), answer.read())
        except OSError:
            handler.close_connection = True
        return None


def _answer(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        if name.lower() not in _HOP_BY_HOP:
            handler.send_header(name, value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)
