"""Connections that a client has closed: hypercorn keeps each, with its tasks, until its keep-alive time is over.

A client that opens a connection for every request would so make thousands of them wait at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hypercorn.asyncio.tcp_server import TCPServer

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Work = Callable[[TCPServer], Awaitable[None]]


def patch(_: Aws) -> Patch:
    """Let go of a connection as soon as its client has."""
    return Patch(
        replaces={TCPServer: {"_idle_timeout": _idling, "_read_data": _reading}},
        reads={TCPServer: ("_initiate_server_close",)},
    )


def _reading(read: Work) -> Work:
    async def read_to_the_end(connection: TCPServer) -> None:
        await read(connection)
        await connection.idle_task.stop()

    return read_to_the_end


def _idling(wait: Work) -> Work:
    async def wait_for_the_client(connection: TCPServer) -> None:
        # A client may leave while its answer is made; after that nobody will ask again.
        if connection.reader.at_eof():
            await asyncio.shield(connection._initiate_server_close())
        else:
            await wait(connection)

    return wait_for_the_client
