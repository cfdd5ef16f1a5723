"""HTTP between the local AWS and a model: /ping, /invocations, /execution-parameters, on 127.0.0.1 alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from email.message import Message

HOST = "127.0.0.1"
OWN_HOSTS = (HOST, "localhost")
FROM_BROWSERS = ("origin", "referer", "sec-fetch-site")
# AWS's largest payload of a batch transform request; an endpoint's own limit is smaller and stands before it.
MAX_BODY_BYTES = 100 << 20
_IDLE_SECONDS = 60
_WAITING = 128
_JSON = "application/json"
_INHERITED = "SCONES_MODEL_SERVER_SOCKET"
_LOOKED_SECONDS = 0.2


class RefusedError(Exception):
    """A request that gets no answer from the model, with its HTTP status and one sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """What a model answers."""

    body: bytes
    content_type: str = _JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Model(Protocol):
    """What is asked, one request at a time."""

    def answer(self, body: bytes, headers: Message) -> Answer:
        """Answer one request; raises RefusedError."""

    def describe(self) -> Answer | None:
        """What batch transform may send at once, or None where the model does not say."""


class _Server(ThreadingHTTPServer):
    """A server on a socket that others may have as well; its model is asked by one thread at a time."""

    daemon_threads = True

    def __init__(self, shared: socket.socket, model: Model) -> None:
        super().__init__((HOST, 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = shared
        self.server_address = shared.getsockname()
        self.model = model
        self.turn = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    """One connection; it may carry many requests."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    # Headers and body leave in two writes: without this, the second waits 40 ms for the first's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer the health check, and what batch transform asks first."""
        self._respond(self._get)

    def do_POST(self) -> None:
        """Ask the model."""
        self._respond(self._post)

    def log_message(self, format: str, *args: object) -> None:
        """Log one line a request, except for the pings that come every few seconds."""
        if self.path != "/ping":
            print(format % args, flush=True)

    def _get(self) -> Answer:
        described = self.server.model.describe() if self.path == "/execution-parameters" else None
        if described is None and self.path != "/ping":
            raise RefusedError(HTTPStatus.NOT_FOUND, f"There is no {self.path} here: GET /ping or POST /invocations.")
        return described or Answer(b"")

    def _post(self) -> Answer:
        if self.path != "/invocations":
            raise RefusedError(HTTPStatus.NOT_FOUND, f"There is no {self.path} here: POST /invocations.")
        body = self.rfile.read(read_length(_join(self.headers)))
        with self.server.turn:
            return self.server.model.answer(body, self.headers)

    def _respond(self, answer: Callable[[], Answer]) -> None:
        try:
            check_source(_join(self.headers))
            self._send(answer())
        except RefusedError as refused:
            # What is left of the body cannot be told from a next request.
            self.close_connection = True
            self._send(Answer(str(refused).encode(), "text/plain; charset=utf-8", refused.status))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        # Should a browser show it all the same, it is no page: an answer may repeat what the request said.
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "sandbox; default-src 'none'")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)


def check_source(headers: Mapping[str, str]) -> None:
    """Refuse what a web page sends: a name that resolves to this machine, or any page's own words. Raises RefusedError.

    Names are in lower case. Nothing but the local AWS asks here, and it is no page. Browsers put Origin, Referer or
    Sec-Fetch-Site into what they send for one, and no page can leave out all of them.
    """
    host = headers.get("host", HOST)
    if "," in host or (host not in OWN_HOSTS and host.rpartition(":")[0] not in OWN_HOSTS):
        raise RefusedError(
            HTTPStatus.FORBIDDEN, f"The host {host!r} is not this machine's own name; use 127.0.0.1 or localhost."
        )
    if any(name in headers for name in FROM_BROWSERS):
        raise RefusedError(HTTPStatus.FORBIDDEN, "Requests of web pages are refused: ask the endpoint through its API.")


def _join(headers: Message) -> dict[str, str]:
    """Headers by their names in lower case; of a name that is there several times the values in a row."""
    return {name.lower(): ", ".join(headers.get_all(name, [])) for name in headers}


def read_length(headers: Mapping[str, str]) -> int:
    """The length of the body in bytes. Raises RefusedError for one that will not be read."""
    length = headers.get("content-length", "")
    if not length.isdecimal():
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "The request has no Content-Length: send the body's size.")
    if int(length) > MAX_BODY_BYTES:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body has {length} bytes, and {MAX_BODY_BYTES} are allowed: send less at once.",
        )
    return int(length)


def serve(load: Callable[[], Model]) -> None:
    """Load the model and serve it until SIGTERM, at the port that SageMaker names.

    SAGEMAKER_MODEL_SERVER_WORKERS (1 here; on AWS as many as there are CPUs) processes load it, each for itself, and
    share the port. A connection is taken only when all have: a ping means ready.
    """
    inherited = os.environ.pop(_INHERITED, "")
    if inherited:
        _work(load, *map(int, inherited.split(",")))
        return
    shared = socket.socket()
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.bind((HOST, int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))))
    workers = int(os.environ.get("SAGEMAKER_MODEL_SERVER_WORKERS") or 1)
    if workers > 1:
        sys.exit(_serve_in_workers(shared, workers))
    server = _Server(shared, load())
    shared.listen(_WAITING)
    _run(server)


def _run(server: _Server) -> None:
    # shutdown() waits for the loop that this very thread runs, so another thread has to ask for it.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: threading.Thread(target=server.shutdown).start())
    print(f"Model server is ready on http://{HOST}:{server.server_address[1]}", flush=True)
    server.serve_forever()
    server.server_close()


def _serve_in_workers(shared: socket.socket, workers: int) -> int:
    """Start this very program several times, to load the model each, and end all when one ends; gives the exit code."""
    ready, loaded = os.pipe()
    passed = (shared.fileno(), loaded)
    environment = {**os.environ, _INHERITED: f"{shared.fileno()},{loaded}"}
    words = [sys.executable, *getattr(sys, "orig_argv", [sys.executable, *sys.argv])[1:]]
    children = [subprocess.Popen(words, env=environment, pass_fds=passed) for _ in range(workers)]
    os.close(loaded)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: _end(children))
    with os.fdopen(ready, "rb") as waiting:
        code = 0 if len(waiting.read(workers)) == workers else 1
    if code == 0:
        shared.listen(_WAITING)
        while all(child.poll() is None for child in children):
            time.sleep(_LOOKED_SECONDS)
        code = max(abs(child.returncode or 0) for child in children)
    _end(children)
    for child in children:
        child.wait()
    return min(code, 1)


def _work(load: Callable[[], Model], shared: int, loaded: int) -> None:
    """Load the model, say so, and serve at the port that the program before has bound."""
    inherited = socket.socket(fileno=shared)
    # A connection that another worker takes must not be waited for.
    inherited.setblocking(False)
    server = _Server(inherited, load())
    os.write(loaded, b".")
    os.close(loaded)
    _run(server)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
