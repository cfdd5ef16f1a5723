"""Who is let in to the page, and how."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from console.page.guard import Guard

ROOT = "http://127.0.0.1:4700"
SOCKET = "ws://127.0.0.1:4700/ws"


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("the page")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", _page, methods=["GET", "POST"]), WebSocketRoute("/ws", _socket)])
    app.add_middleware(Guard, token="secret", port=4700)
    return TestClient(app, base_url=ROOT)


def test_without_the_token_nothing_is_shown_and_a_sentence_says_where_it_is(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 403
    assert "scones console" in answer.text
    assert client.get("/?token=guess").status_code == 403


def test_the_token_becomes_a_cookie_and_leaves_the_address(client: TestClient) -> None:
    answer = client.get("/registry?token=secret&a=b", follow_redirects=False)
    assert answer.headers["location"] == "/registry?a=b"
    assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert client.get("/registry").text == "the page"


def test_a_path_that_begins_with_two_slashes_leads_to_no_other_host(client: TestClient) -> None:
    answer = client.get(f"{ROOT}//evil.example/?token=secret", follow_redirects=False)
    assert answer.headers["location"].startswith("/evil.example")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4700", "192.168.0.7:4700", "["])
def test_another_name_for_this_machine_is_refused(client: TestClient, host: str) -> None:
    client.get("/?token=secret")
    assert client.get("/", headers={"host": host}).status_code == 403
    assert client.get("/?token=secret", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://[", "http://127.0.0.1:9999", "http://localhost:4700"]
)
def test_a_page_of_somebody_elses_is_refused_with_the_cookie_as_well(client: TestClient, origin: str) -> None:
    client.get("/?token=secret")
    assert client.post("/", headers={"origin": origin}).status_code == 403
    assert client.post("/", headers={"origin": ROOT}).status_code == 200
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers={"origin": origin}) as socket:
        socket.receive_text()


def test_a_web_socket_needs_the_cookie(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{SOCKET}?token=secret") as socket:
        socket.receive_text()
    client.get("/?token=secret")
    with client.websocket_connect(SOCKET, headers={"origin": ROOT}) as socket:
        assert socket.receive_text() == "hello"


def test_answers_let_no_other_page_frame_them_or_learn_the_address(client: TestClient) -> None:
    headers = client.get("/?token=secret").headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
