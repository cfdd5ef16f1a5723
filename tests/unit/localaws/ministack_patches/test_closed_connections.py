"""A connection whose client has gone leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from localaws.ministack_patches import closed_connections
from tests.e2e.laptop import free_port

ASKED = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


async def _application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    # Slower than the client of the second test leaves.
    await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def _tasks_left(clients: Callable[[int], Any]) -> int:
    """How many more tasks run, a moment after some clients have come and gone, than before them."""
    config, stopping = Config(), asyncio.Event()
    port = free_port()
    config.bind, config.keep_alive_timeout, config.loglevel = [f"127.0.0.1:{port}"], 75, "WARNING"
    serving = asyncio.create_task(serve(_application, config, shutdown_trigger=stopping.wait))
    await asyncio.sleep(0.2)
    before = len(asyncio.all_tasks())
    await asyncio.gather(*(clients(port) for _ in range(5)))
    for _ in range(50):
        await asyncio.sleep(0.02)
        if len(asyncio.all_tasks()) <= before:
            break
    left = len(asyncio.all_tasks()) - before
    stopping.set()
    await serving
    return left


async def _asks_and_leaves(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASKED)
    assert (await reader.read(1000)).endswith(b"ok")
    writer.close()


async def _leaves_before_the_answer(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASKED)
    await writer.drain()
    writer.write_eof()
    await asyncio.sleep(0.1)
    writer.close()


async def _asks_twice(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(ASKED)
        assert (await reader.read(1000)).endswith(b"ok")
    writer.close()


@pytest.mark.parametrize("client", [_asks_and_leaves, _leaves_before_the_answer, _asks_twice])
def test_nothing_waits_for_a_client_that_has_gone(apply: Callable[[ModuleType], None], client: Any) -> None:
    apply(closed_connections)
    assert asyncio.run(_tasks_left(client)) == 0


def test_without_it_a_connection_waits_for_its_keep_alive_time() -> None:
    """What the gap is: if this fails, hypercorn has mended it, and the gap can go."""
    assert asyncio.run(_tasks_left(_asks_and_leaves)) > 0
