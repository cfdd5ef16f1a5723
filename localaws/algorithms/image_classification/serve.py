"""The ``serve`` command of the container: ``GET /ping`` and ``POST /invocations`` on 127.0.0.1.

The port is ``SAGEMAKER_BIND_TO_PORT`` (default 8080) and the model lies in ``OPT_ML``'s ``model`` directory.
"""

import os
import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common.artifact.session import Session
from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import read_artifact
from localaws.algorithms.image_classification.batching import Batcher
from localaws.algorithms.image_classification.invocation import (
    check_headers,
    read_image,
    write_answer,
)
from localaws.algorithms.image_classification.log import log, log_error
from localaws.inference_toolkit.web import RefusedError, check_source

HOST = "127.0.0.1"
IDLE_SECONDS = 60


class Server(ThreadingHTTPServer):
    """A server with one model behind it. It listens only when the model is bound, so a ping means ready."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, container: Container) -> None:
        model = read_artifact(container.model)
        self.image_shape = model.input_shape
        self.batcher = Batcher(Session(model))
        super().__init__((HOST, port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection; it may carry many requests."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Headers and body leave in two writes: without this, the second waits 40 ms for the first's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer SageMaker's health check."""
        try:
            check_source(self.headers)
            if self.path != "/ping":
                words = f"There is no {self.path} here: GET /ping or POST /invocations."
                raise RefusedError(HTTPStatus.NOT_FOUND, words)
            self._answer(HTTPStatus.OK, "application/json", b"")
        except RefusedError as refused:
            self._refuse(refused.status, str(refused))

    def do_POST(self) -> None:
        """Classify one image."""
        try:
            check_source(self.headers)
            if self.path != "/invocations":
                raise RefusedError(HTTPStatus.NOT_FOUND, f"There is no {self.path} here: POST /invocations.")
            body = self.rfile.read(check_headers(self.headers))
            probabilities = self.server.batcher.predict(read_image(body, self.server.image_shape))
            accept = self.headers.get("Accept", "")
            self._answer(HTTPStatus.OK, *write_answer(probabilities.tolist(), accept))
        except RefusedError as refused:
            self._refuse(refused.status, str(refused))

    def log_message(self, format: str, *args: object) -> None:
        """Log one line a request, except for the pings that come every few seconds."""
        if self.path != "/ping":
            log(format % args)

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Answer with a sentence and close: what is left of the body cannot be told from a next request."""
        self.close_connection = True
        self._answer(status, "text/plain; charset=utf-8", sentence.encode())

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        # Should a browser show it all the same, it is no page: a sentence here repeats what the request said.
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "sandbox; default-src 'none'")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    """Serve until SIGTERM. Returns 0, or 1 when there is no model that can be served."""
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    try:
        server = Server(port, Container.from_environment())
    except ClientError as error:
        log_error(f"Customer Error: {error}")
        return 1
    # shutdown() waits for the loop that this very thread runs, so another thread has to ask for it.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: threading.Thread(target=server.shutdown).start())
    log(f"Model server is ready on http://{HOST}:{server.server_port}")
    server.serve_forever()
    server.server_close()
    return 0
