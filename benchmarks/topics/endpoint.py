"""Latency and throughput of an endpoint for 1, 8 and 64 clients, beside its upper bound and another server.

All run the same artifact on an image of 32x32, on the same cores as the clients, with one thread for the net.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import environments, served
from benchmarks.environments import PeerError
from benchmarks.figures import Measured, Series, percentile
from benchmarks.local import LocalAws

OURS, ALONE = "endpoint", "its model server alone"
CLIENTS = (1, 8, 64)
HERE = Path(__file__).parents[1]
Place = tuple[int, str]
Found = dict[tuple[str, int], list[dict[str, float]]]


def measure(quick: bool) -> Measured:
    """Every server with every number of clients, in turn, and the bare pass between them."""
    rounds, span = (3, 2.0) if quick else (5, 4.0)
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder, LocalAws() as local, ExitStack() as stack:
        work = Path(folder)
        served.write_model(work / "model")
        image = _image(work / "image.png")
        places = {
            OURS: stack.enter_context(served.endpoint(local, work / "model")),
            ALONE: stack.enter_context(served.alone(work / "model")),
        }
        try:
            places[_peer()] = stack.enter_context(served.multi_model_server(work / "model", work / "mms"))
        except PeerError as error:
            notes.append(f"{_peer()} could not be measured: {error}")
        found: Found = {}
        bare: dict[int, list[float]] = {1: [], 16: []}
        for number in range(rounds):
            for clients in CLIENTS:
                for who, place in places.items():
                    found.setdefault((who, clients), []).append(_ask(place, clients, span, image, local))
            for batch, rates in bare.items():
                rates.append(_forward(work / "model", batch, span))
            print(f"  round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    notes += [
        "The endpoint captures every request to S3 and counts it in CloudWatch; the others do neither.",
        "What a request took of the CPU before there was one loop on each side (2026-11-29, load above 5): 3.3 ms in "
        "the local AWS, of which a thread each for the request and for its answer, and 1.4 ms in the model's server. "
        "With one loop on each side 0.5 ms at 8 clients and 0.8 at one, and 0.75 and 1.05; in uvloop, with requests "
        "read once, 0.35 and 0.6, and 0.7 and 1.03. The forward pass is 0.53 of it, all of it convolutions.",
        "One client waits for all in turn, in ms (2026-11-29, at real-time priority on a machine whose load was 14): "
        "the local AWS 0.16 to admit a request, 0.08 to send it to the model's server, 0.12 to send the answer on, and "
        "0.12 for the client's turn; the model's server 1.0, which it takes with a client of its own as well. "
        "Admitting takes a third of that in a loop of nothing else: between two requests, other work has the core and "
        "its caches.",
        "Of the 0.16 ms the signature is more than a third (97 us, 26 in a loop of nothing else); it is half of that "
        "since what SDKs usually send is checked in a shorter way. With that, less Python around the image, and lines "
        "of the log past HTTP, one client got 1.075 times the requests of the version before, and 8 and 64 clients "
        "1.01 and 1.03 (side by side at real-time priority, medians of 5 to 10 alternating rounds, load 8).",
        "What was slow in one request of a hundred was what had gathered in a second: its captures, the server's lines "
        "and a datapoint for each latency went to the local AWS's own port at once. They go in parts, with pauses.",
    ]
    return Measured("endpoint", OURS, tuple(_series(found, bare)), tuple(notes))


def _series(found: Found, bare: dict[int, list[float]]) -> list[Series]:
    series = []
    for (who, clients), answers in found.items():
        size = f"{clients} client{'s' if clients > 1 else ''}"
        for figure, unit in (("throughput", "requests/s"), ("p50", "ms"), ("p99", "ms")):
            values = tuple(each[figure] for each in answers)
            series.append(Series(f"{figure}, {size}", who, unit, values, x=clients))
    for clients in CLIENTS:
        size = f"{clients} client{'s' if clients > 1 else ''}"
        for batch, rates in bare.items():
            who = f"bare forward pass, {'one by one' if batch == 1 else f'batches of {batch}'}"
            series.append(Series(f"throughput, {size}", who, "requests/s", tuple(rates), x=clients))
    return sorted(series, key=lambda each: (("throughput", "p50", "p99").index(each.what.split(",")[0]), each.x))


def _ask(place: Place, clients: int, span: float, image: Path, local: LocalAws) -> dict[str, float]:
    port, path = place
    told = _run("clients.py", str(port), path, str(clients), str(span), str(image), **local.key.environment)
    took = told["milliseconds"]
    return {
        "throughput": len(took) / told["seconds"],
        "p50": percentile(took, 0.5),
        "p99": percentile(took, 0.99),
    }


def _forward(model: Path, batch: int, span: float) -> float:
    rate: float = _run("forward.py", str(model), str(batch), str(span))["images_per_second"]
    return rate


def _run(program: str, *arguments: str, **variables: str) -> dict[str, Any]:
    words = [sys.executable, str(HERE / program), *arguments]
    done = subprocess.run(words, env={**os.environ, **variables}, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _image(path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    path.write_bytes(content.getvalue())
    return path


def _peer() -> str:
    return environments.version("mms")
