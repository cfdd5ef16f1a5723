"""HTTP clients that ask as fast as they are answered: `python benchmarks/clients.py PORT PATH CLIENTS SECONDS IMAGE`.

Each client is a thread with one warm connection and a request written beforehand, so that clients cost little of the
cores that they share with the server. It is signed once, by the key that SDKs find in the environment.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

WARM_SECONDS = 0.5


def main(port: int, path: str, clients: int, seconds: float, image: bytes) -> None:
    """Ask, and print every answer's milliseconds."""
    request, begin = _request(path, image), time.perf_counter() + WARM_SECONDS
    took: list[list[float]] = [[] for _ in range(clients)]
    threads = [threading.Thread(target=_ask, args=(port, request, begin, begin + seconds, mine)) for mine in took]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"milliseconds": sorted(value for mine in took for value in mine), "seconds": seconds}))


def _request(path: str, image: bytes) -> bytes:
    asked = AWSRequest("POST", f"http://127.0.0.1{path}", {"Host": "127.0.0.1", "Content-Type": "image/png"}, image)
    key = Credentials(os.environ.get("AWS_ACCESS_KEY_ID", "none"), os.environ.get("AWS_SECRET_ACCESS_KEY", "none"))
    SigV4Auth(key, "sagemaker", "us-east-1").add_auth(asked)
    lines = [f"{name}: {value}" for name, value in (*asked.headers.items(), ("Content-Length", str(len(image))))]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode() + image


def _ask(port: int, request: bytes, begin: float, end: float, took: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (asked := time.perf_counter()) < end:
            connection.sendall(request)
            _answer(connection)
            if begin <= asked:
                took.append((time.perf_counter() - asked) * 1000)


def _answer(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    if b" 200" not in head.partition(b"\r\n")[0]:
        raise SystemExit(f"The server answered {head[:200]!r}; the figure would be worthless.")
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    missing = int(lengths[0]) - len(body)
    while missing > 0:
        missing -= len(_some(connection))


def _some(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise SystemExit("The server closed the connection; the figure would be worthless.")
    return received


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]).read_bytes())
