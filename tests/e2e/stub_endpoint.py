"""An endpoint that needs no training: bright pictures are bicycles, dark ones motorcycles, grey ones uncertain."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image, ImageStat


@dataclass
class StubEndpoint:
    """Where it listens, what it was asked (inference ids and sizes), and how often it is still to be not ready."""

    url: str
    asked: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    not_ready: int = 0

    def answer(self, inference_id: str, body: bytes) -> tuple[HTTPStatus, object]:
        if self.not_ready:
            self.not_ready -= 1
            return HTTPStatus.TOO_MANY_REQUESTS, {"message": "The model is being loaded"}
        picture = Image.open(io.BytesIO(body))
        self.asked.append((inference_id, picture.size))
        brightness = ImageStat.Stat(picture.convert("L")).mean[0]
        if 100 < brightness < 156:
            return HTTPStatus.OK, [0.55, 0.45]
        return HTTPStatus.OK, [0.96, 0.04] if brightness > 128 else [0.08, 0.92]


@contextmanager
def serve() -> Iterator[StubEndpoint]:
    """Serve SageMaker's runtime on a free port while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else headers and body, written apart, wait 40 ms for each other

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = stub.answer(self.headers["X-Amzn-SageMaker-Inference-Id"], body)
            content = json.dumps(said).encode()
            self.send_response(status)
            if status != HTTPStatus.OK:
                self.send_header("x-amzn-ErrorType", "ModelNotReadyException")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub = StubEndpoint(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
