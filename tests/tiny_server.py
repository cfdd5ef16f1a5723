"""A model server of few lines, as a container has one: run by the tests of endpoints in an image's place.

VERSION is what it answers with ("broken" cannot start), SECONDS how long it takes. A body of digits is answered
with that status. ANSWER, where it is given, is the whole answer, such as the probabilities of a classifier.
"""

from __future__ import annotations

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ["VERSION"]
SECONDS = float(os.environ.get("SECONDS", "0"))
ANSWER = os.environ.get("ANSWER")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(SECONDS)
        if VERSION == "wrong" or body.isdigit():
            self.answer(int(body) if body.isdigit() else 500, b"not a picture")
            return
        if ANSWER:
            self.answer(200, ANSWER.encode())
            return
        attributes = self.headers.get("X-Amzn-SageMaker-Custom-Attributes")
        self.answer(200, json.dumps({"version": VERSION, "pid": os.getpid(), "attributes": attributes}).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    if VERSION == "broken":
        sys.exit("This model has no labels.")
    Server(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
