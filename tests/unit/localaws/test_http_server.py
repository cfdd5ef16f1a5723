"""The HTTP server: what stands on the wire, whom it listens to, and what a client leaves behind that has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from localaws import loops
from localaws.http_server import HttpServer
from tests.e2e.laptop import free_port

ASKED = b"GET / HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: 10.0.0.1\r\n\r\n"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Application:
    """Answers who asked, after a moment, or what was sent; closes every web socket."""

    def __init__(self) -> None:
        self.did: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                assert (await receive())["type"] == f"lifespan.{kind}"
                self.did.append(kind)
                await send({"type": f"lifespan.{kind}.complete"})
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        said = (await receive())["body"] or scope["client"][0].encode()
        # Slower than a client that leaves before the answer.
        await asyncio.sleep(0.05)
        length = (b"content-length", str(len(said)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": said})
        self.did.append("answer")


@asynccontextmanager
async def _serving() -> AsyncIterator[tuple[HttpServer, Application, int]]:
    """A server that has started; it is stopped, and has ended, when this is left."""
    application, port = Application(), free_port()
    server = HttpServer(application, port)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server, application, port
    server.should_exit = True
    await asyncio.wait_for(serving, 5)


def _talk(talk: Talk) -> None:
    """One connection, on which `talk` goes on."""

    async def serve_and_talk() -> None:
        async with _serving() as (_, _, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await talk(reader, writer)
            writer.close()

    loops.run(serve_and_talk())


async def _asks_and_leaves(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASKED)
    assert (await reader.read(1000)).endswith(b"127.0.0.1")
    writer.close()


async def _leaves_before_the_answer(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASKED)
    await writer.drain()
    writer.write_eof()
    await asyncio.sleep(0.1)
    writer.close()


async def _leaves_without_a_question(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


@pytest.mark.parametrize("client", [_asks_and_leaves, _leaves_before_the_answer, _leaves_without_a_question])
def test_nothing_waits_for_a_client_that_has_gone(client: Callable[[int], Awaitable[None]]) -> None:
    async def tasks_left() -> int:
        async with _serving() as (server, _, port):
            before = len(asyncio.all_tasks())
            await asyncio.gather(*(client(port) for _ in range(5)))
            for _ in range(50):
                await asyncio.sleep(0.02)
                left = len(asyncio.all_tasks()) - before + len(server.server_state.connections)
                if not left:
                    break
            return left

    assert loops.run(tasks_left()) == 0


def test_a_connection_is_kept_for_the_next_request() -> None:
    async def ask_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            writer.write(ASKED)
            assert (await reader.read(1000)).endswith(b"127.0.0.1")

    _talk(ask_twice)


def test_an_answer_has_the_applications_headers_alone_and_who_asks_is_who_has_connected() -> None:
    async def read_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ASKED)
        assert await reader.read(1000) == b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n127.0.0.1"

    _talk(read_all)


def test_a_client_that_waits_to_send_its_body_is_told_to_go_on() -> None:
    async def wait_and_send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"PUT / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n")
        # With its phrase: botocore reads the line by its three words.
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"body")
        assert (await reader.read(1000)).endswith(b"\r\n\r\nbody")

    _talk(wait_and_send)


def test_what_is_no_http_is_refused() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET / HTTP/1.1\r\nhost : localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")

    _talk(babble)


def test_a_web_socket_that_the_application_closes_is_refused() -> None:
    async def knock() -> int:
        async with _serving() as (_, _, port):
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"ws://127.0.0.1:{port}/")
            return refused.value.response.status_code

    assert loops.run(knock()) == 403


def test_only_this_machine_is_listened_to() -> None:
    async def addresses() -> set[str]:
        async with _serving() as (server, _, _):
            return {socket.getsockname()[0] for listening in server.servers for socket in listening.sockets}

    assert loops.run(addresses()) == {"127.0.0.1"}


def test_what_was_asked_is_answered_before_the_application_ends() -> None:
    async def stop_while_asking() -> tuple[bytes, list[str]]:
        async with _serving() as (server, application, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ASKED)
            await asyncio.sleep(0.02)
            server.should_exit = True
            said = await reader.read()
            writer.close()
        return said, application.did

    said, did = loops.run(stop_while_asking())
    assert said.endswith(b"127.0.0.1")
    assert did == ["startup", "answer", "shutdown"]
