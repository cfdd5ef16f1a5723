"""Cold and warm starts of a function: classify_image as it ships, with the SageMaker SDK, and boto3 alone.

Each is a Python process that imports its handler and answers events from an endpoint and a bucket that a small server
on 127.0.0.1 stands for. Cold is from the process's start to the first answer; warm is the median of twenty more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.alternation import alternate
from benchmarks.figures import Measured, Series

OURS = "classify_image"
ROOT = Path(__file__).parents[2]
HANDLERS = {
    OURS: "classify_image.handler",
    "boto3 alone": "benchmarks.functions.boto3_alone",
    "with the SageMaker SDK": "benchmarks.functions.with_sagemaker",
}
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


class _Answers(BaseHTTPRequestHandler):
    """The bucket's image and the endpoint's probabilities."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(b"image", "image/png")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(b"[0.25, 0.75]", "application/json")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def measure(quick: bool) -> Measured:
    """Whole processes in turn; each prints the time of its warm answers."""
    warm: dict[str, list[float]] = {who: [] for who in HANDLERS}
    with _served() as address:
        found = alternate({who: partial(_cold, who, address, warm[who]) for who in HANDLERS}, 3 if quick else 11)
    series = [Series("cold start", who, "s", values) for who, values in found.items()]
    series += [Series("warm answer", who, "ms", tuple(values)) for who, values in warm.items()]
    notes = (
        "The same work in all three: get an object, ask the endpoint, read the probabilities. classify_image also "
        "imports Powertools for its log and metrics.",
        "Measured outside of Lambda: what AWS adds to unpack and to start a sandbox is not in it.",
    )
    return Measured("function", OURS, tuple(series), notes)


def _cold(who: str, address: str, warm: list[float]) -> float:
    environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": address, "ENDPOINT_NAME": "bench"}
    environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT / "lambdas"), str(ROOT)])}
    words = [sys.executable, "-m", "benchmarks.functions", HANDLERS[who]]
    began = time.time()
    printed = subprocess.run(words, env=environment, check=True, capture_output=True).stdout
    told = json.loads(printed.splitlines()[-1])  # before it stands what the handlers log
    warm.append(told["warm_ms"])
    return float(told["first_answer_at"]) - began


@contextmanager
def _served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
