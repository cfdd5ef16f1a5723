"""Who is let in to the page, and how."""

from __future__ import annotations

import stat
import webbrowser
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from console.page import server
from console.page.guard import Guard, Login

ROOT = "http://127.0.0.1:4700"
SOCKET = "ws://127.0.0.1:4700/ws"


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("the page")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def login(tmp_path: Path) -> Login:
    return Login(ROOT, tmp_path / "home" / "console" / "4700.html", lambda _: None)


@pytest.fixture
def client(login: Login) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", _page, methods=["GET", "POST"]), WebSocketRoute("/ws", _socket)])
    app.add_middleware(Guard, login=login, port=4700)
    return TestClient(app, base_url=ROOT)


@pytest.fixture
def visited(client: TestClient, login: Login) -> TestClient:
    """A browser that came by the address."""
    client.get(login.address)
    return client


def test_without_the_token_nothing_is_shown_and_a_sentence_says_where_it_is(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 403
    assert "scones console" in answer.text
    assert client.get("/?token=guess").status_code == 403


def test_the_token_becomes_a_cookie_of_another_secret_and_leaves_the_address(client: TestClient, login: Login) -> None:
    token = login.address.partition("token=")[2]
    answer = client.get(f"/registry?token={token}&a=b", follow_redirects=False)
    assert answer.headers["location"] == "/registry?a=b"
    assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert token not in answer.headers["set-cookie"]
    assert client.get("/registry").text == "the page"
    client.cookies.clear()
    assert client.get(f"/?token={answer.cookies['scones_console_4700']}").status_code == 403
    assert client.get("/", cookies={"scones_console_4700": token}).status_code == 403


def test_an_address_holds_for_one_visit_and_the_next_one_is_announced(client: TestClient, tmp_path: Path) -> None:
    said: list[str] = []
    login = Login(ROOT, tmp_path / "console" / "4700.html", said.append)
    used = login.address.partition("token=")[2]
    assert login.redeem(used)
    assert not login.redeem(used)
    assert said == [login.address]
    assert login.redeem(said[0].partition("token=")[2])


def test_a_browser_is_sent_by_a_file_that_is_its_owner_s_alone_and_goes_with_the_page(login: Login) -> None:
    assert stat.S_IMODE(login.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(login.file.parent.stat().st_mode) == 0o700
    assert login.address in login.file.read_text()
    login.redeem(login.address.partition("token=")[2])
    assert login.address in login.file.read_text()
    assert [login.file] == list(login.file.parent.iterdir())
    login.close()
    assert not login.file.exists()


def test_a_browser_is_started_with_nothing_that_opens_the_page(
    login: Login, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    server.announce(login, opens=True)
    assert opened == [login.file.as_uri()]
    assert login.address in capsys.readouterr().out


def test_a_path_that_begins_with_two_slashes_leads_to_no_other_host(client: TestClient, login: Login) -> None:
    address = login.address.replace(ROOT, f"{ROOT}//evil.example")
    answer = client.get(address, follow_redirects=False)
    assert answer.headers["location"].startswith("/evil.example")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4700", "192.168.0.7:4700", "["])
def test_another_name_for_this_machine_is_refused(visited: TestClient, login: Login, host: str) -> None:
    assert visited.get("/", headers={"host": host}).status_code == 403
    assert visited.get(login.address, headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://[", "http://127.0.0.1:9999", "http://localhost:4700"]
)
def test_a_page_of_somebody_elses_is_refused_with_the_cookie_as_well(visited: TestClient, origin: str) -> None:
    assert visited.post("/", headers={"origin": origin}).status_code == 403
    assert visited.post("/", headers={"origin": ROOT}).status_code == 200
    with pytest.raises(WebSocketDisconnect), visited.websocket_connect(SOCKET, headers={"origin": origin}) as socket:
        socket.receive_text()


def test_a_web_socket_needs_the_cookie(client: TestClient, login: Login) -> None:
    address = login.address.replace(f"{ROOT}/", SOCKET)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(address) as socket:
        socket.receive_text()
    client.get(login.address)
    with client.websocket_connect(SOCKET, headers={"origin": ROOT}) as socket:
        assert socket.receive_text() == "hello"


def test_answers_let_no_other_page_frame_them_or_learn_the_address(client: TestClient, login: Login) -> None:
    headers = client.get(login.address).headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
