"""Connections to a model's server: kept, replaced when the server closed them, and given up when nobody is there."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from localaws import loops
from localaws.failures import ClientFailure
from localaws.jobs import model_server
from localaws.jobs.connections import Connections, LoopConnections
from localaws.jobs.model_server import find_free_port
from localaws.serving.instance import ServerGone


class Server(ThreadingHTTPServer):
    """Counts its connections, and closes each after `answers` requests without having said so."""

    daemon_threads = True

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.opened = 0
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.opened += 1
        self.left = self.server.answers

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.left -= 1
        self.close_connection = self.left == 0
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    made = Server(request.param)
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize("server", [100], indirect=True)
def test_a_connection_is_used_again(server: Server) -> None:
    connections = Connections(server.server_port)
    for number in range(5):
        assert connections.ask("POST", "/invocations", f"{number}".encode(), {}).body == f"{number}".encode()
    assert server.opened == 1


@pytest.mark.parametrize("server", [1], indirect=True)
def test_a_connection_that_the_server_closed_is_replaced(server: Server) -> None:
    connections = Connections(server.server_port)
    for _ in range(5):
        assert connections.ask("POST", "/invocations", b"image", {}).status == 200
    assert server.opened == 5


@pytest.mark.parametrize("server", [1], indirect=True)
def test_where_nobody_listens_the_server_is_gone(server: Server) -> None:
    connections = Connections(server.server_port)
    server.shutdown()
    server.server_close()
    with pytest.raises(ServerGone):
        connections.ask("POST", "/invocations", b"image", {})


@pytest.mark.parametrize("server", [100], indirect=True)
def test_a_loop_uses_a_connection_again(server: Server) -> None:
    async def ask() -> list[bytes]:
        connections = LoopConnections(server.server_port)
        return [(await connections.post("/invocations", b"%d" % number, {})).body for number in range(5)]

    assert loops.run(ask()) == [b"0", b"1", b"2", b"3", b"4"]
    assert server.opened == 1


@pytest.mark.parametrize("server", [1], indirect=True)
def test_a_loop_replaces_a_connection_that_the_server_closed(server: Server) -> None:
    async def ask() -> None:
        connections = LoopConnections(server.server_port)
        for _ in range(5):
            assert (await connections.post("/invocations", b"image", {})).status == 200

    loops.run(ask())
    assert server.opened == 5


@pytest.mark.parametrize("server", [1], indirect=True)
def test_a_loop_learns_that_nobody_listens(server: Server) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(ServerGone):
        loops.run(LoopConnections(server.server_port).post("/invocations", b"image", {}))


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil it closes", b"until it closes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbroken", None),
        (b"HTTP/1.1 200 OK\r\n", None),
        (b"hello\r\n\r\n", None),
        (b"", None),
    ],
)
def test_an_answer_is_whole_or_there_is_none(said: bytes, body: bytes | None) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"image")
        writer.write(said)
        await writer.drain()
        writer.close()

    async def ask() -> bytes | None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            connections = LoopConnections(server.sockets[0].getsockname()[1])
            try:
                return (await connections.post("/invocations", b"image", {})).body
            except ServerGone:
                return None

    assert loops.run(ask()) == body


def test_a_loop_gives_up_a_server_that_takes_too_long() -> None:
    async def ask() -> None:
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
            connections = LoopConnections(server.sockets[0].getsockname()[1])
            await connections.post("/invocations", b"image", {}, seconds=0.05)

    with pytest.raises(TimeoutError):
        loops.run(ask())


def test_a_server_s_port_is_given_to_nothing_else_before_it_takes_it() -> None:
    given = [find_free_port() for _ in range(200)]
    assert len(set(given)) == len(given)
    with socket.socket() as unnamed:
        unnamed.bind(("127.0.0.1", 0))
        # What names no port gets one of the system's own range.
        assert max(given) < 32_768 <= unnamed.getsockname()[1]


def test_a_port_that_is_taken_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", find_free_port()))
        port = taken.getsockname()[1]
        monkeypatch.setattr(model_server, "_PORTS", range(port, port + 1))
        monkeypatch.setattr(model_server, "_given", deque())
        with pytest.raises(ClientFailure, match="There is no free port"):
            find_free_port()
