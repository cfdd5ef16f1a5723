"""The front door shuts web pages out whatever way they come: script, preflight, picture or web socket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.front import Front

FOREIGN = (b"origin", b"https://example.org")


def _come(aws: Aws, **scope: Any) -> tuple[list[dict[str, Any]], bool]:
    """What is answered, and whether MiniStack was reached."""
    sent: list[dict[str, Any]] = []
    reached = []

    async def others(*_: object) -> None:
        reached.append(True)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    whole = {"type": "http", "method": "GET", "path": "/", "query_string": b"", **scope}
    asyncio.run(Front(aws, others)(whole, receive, send))
    return sent, bool(reached)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_a_script_s_request_and_its_preflight_are_refused_without_leave_for_any_origin(aws: Aws, method: str) -> None:
    sent, reached = _come(aws, method=method, headers=[(b"host", b"127.0.0.1:4566"), FOREIGN])
    assert not reached
    assert sent[0]["status"] == 403
    assert not any(name.startswith(b"access-control") for name, _ in sent[0]["headers"])


def test_a_picture_s_address_makes_no_stack(aws: Aws) -> None:
    query = b"Action=CreateStack&StackName=x&TemplateBody=%7B%7D"
    sent, reached = _come(aws, query_string=query, headers=[(b"host", b"127.0.0.1:4566")])
    assert (sent[0]["status"], reached) == (403, False)


def test_a_web_socket_of_a_web_page_is_closed_before_it_opens(aws: Aws) -> None:
    path = "/_aws/execute-api/api/stage"
    sent, reached = _come(aws, type="websocket", path=path, headers=[(b"host", b"127.0.0.1:4566"), FOREIGN])
    assert (sent[0]["type"], sent[0]["code"], reached) == ("websocket.close", 1008, False)


def test_a_program_s_web_socket_reaches_its_api(aws: Aws) -> None:
    assert _come(aws, type="websocket", headers=[(b"host", b"127.0.0.1:4566")])[1]
