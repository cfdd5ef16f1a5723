"""Runs one handler: `python -m benchmarks.functions MODULE` handles an event, prints when, then handles twenty more."""

from __future__ import annotations

import json
import statistics
import sys
import time
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

EVENT = {"inference_id": "1", "serialized_uri": "s3://bench/image.png", "endpoint_name": "bench"}
CONTEXT = SimpleNamespace(
    function_name="bench",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:bench",
    aws_request_id="1",
)
WARM = 20


def main(module: str) -> None:
    """Import, handle an event, print the time of the first answer and the median of the warm ones."""
    handler = import_module(module).handler

    def answer() -> float:
        started = time.perf_counter()
        with redirect_stdout(StringIO()):
            handler(dict(EVENT), CONTEXT)
        return (time.perf_counter() - started) * 1000

    answer()
    first = time.time()
    warm = statistics.median(answer() for _ in range(WARM))
    print(json.dumps({"first_answer_at": first, "warm_ms": warm}))


if __name__ == "__main__":
    main(sys.argv[1])
