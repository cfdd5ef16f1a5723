"""The front door shuts web pages out whatever way they come, and what it hands out can do nothing in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from ministack import app
from ministack.services import s3

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


def test_an_image_s_address_makes_no_stack(aws: Aws) -> None:
    query = b"Action=CreateStack&StackName=x&TemplateBody=%7B%7D"
    sent, reached = _come(aws, query_string=query, headers=[(b"host", b"127.0.0.1:4566")])
    assert (sent[0]["status"], reached) == (403, False)


def test_a_web_socket_of_a_web_page_is_closed_before_it_opens(aws: Aws) -> None:
    path = "/_aws/execute-api/api/stage"
    sent, reached = _come(aws, type="websocket", path=path, headers=[(b"host", b"127.0.0.1:4566"), FOREIGN])
    assert (sent[0]["type"], sent[0]["code"], reached) == ("websocket.close", 1008, False)


def test_a_program_s_web_socket_reaches_its_api(aws: Aws) -> None:
    assert _come(aws, type="websocket", headers=[(b"host", b"127.0.0.1:4566")])[1]


SCRIPT = b"<script>fetch('/2015-03-31/functions', {method: 'POST'})</script>"
OPENED = [
    (b"host", b"127.0.0.1:45660"),
    *((b"sec-fetch-site", b"none"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document")),
]
ACTIVE = ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/javascript", "application/pdf", "x"]


class Browser:
    """Opens addresses of a local AWS whose S3 is MiniStack's own, as a person does who clicks on one in a mail."""

    def __init__(self, aws: Aws) -> None:
        self._front = Front(aws, app.app)
        self._s3 = boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url="http://127.0.0.1:45660",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(signature_version="s3v4"),
        )

    def open(self, key: str, **wanted: str) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of a signed address; `wanted` are GetObject's own members."""
        params = {"Bucket": "images", "Key": key, **wanted}
        address = urlsplit(self._s3.generate_presigned_url("get_object", Params=params))
        return self.ask("GET", address.path, address.query.encode())

    def ask(
        self, method: str, path: str, query: bytes = b"", body: bytes = b"", **more: str
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Any request; one that is no GET comes from a program."""
        sent: list[dict[str, Any]] = []
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
        headers = [*(OPENED if method == "GET" else OPENED[:1]), *named]
        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(self._front({**scope, "headers": headers, "client": ("127.0.0.1", 1)}, receive, send))
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], dict(sent[0]["headers"]), content


@pytest.fixture
def browser(aws: Aws) -> Iterator[Browser]:
    made = Browser(aws)
    made.ask("PUT", "/images")
    made.ask("PUT", "/images/holiday.html", body=SCRIPT, content_type="text/html")
    yield made
    s3.reset()


@pytest.mark.parametrize("key", ["holiday.html", "absent"])
def test_whatever_is_answered_runs_no_script_loads_nothing_and_is_what_it_says(browser: Browser, key: str) -> None:
    status, headers, content = browser.open(key)
    assert (status, content == SCRIPT) == ((200, True) if key != "absent" else (404, False))
    assert headers[b"content-security-policy"] == b"sandbox; default-src 'none'"
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_our_own_services_answers_and_refusals_can_do_nothing_either(browser: Browser) -> None:
    called = browser.ask("POST", "/", body=b"{}", x_amz_target="SageMaker.ListModels")
    refused = browser.ask("POST", "/", origin="http://127.0.0.1:45660")
    assert (called[0], refused[0]) == (200, 403)
    for _, headers, _ in (called, refused):
        assert headers[b"content-security-policy"] == b"sandbox; default-src 'none'"
        assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("kind", [*ACTIVE, "TEXT/HTML; charset=utf-8", " text/html", "image/png, text/html", "image/*"])
def test_a_signed_address_makes_no_image_a_page(browser: Browser, kind: str) -> None:
    status, headers, content = browser.open("holiday.html", ResponseContentType=kind)
    assert (status, headers[b"content-type"]) == (400, b"application/xml")
    assert b"<Code>InvalidArgument</Code>" in content
    assert b"allowed are application/gzip" in content


@pytest.mark.parametrize("name", ["response-content-type", "response%2Dcontent-type", "Response-Content-Type"])
def test_an_override_is_known_however_it_is_written(browser: Browser, name: str) -> None:
    query = f"response-content-type=image/png&{name}=text%2Fhtml".encode()
    assert b"InvalidArgument" in browser.ask("GET", "/images/holiday.html", query)[2]


@pytest.mark.parametrize("value", ["inline\r\nset-cookie: a=b", "a\0", "\x7f"])
def test_an_override_ends_no_header(browser: Browser, value: str) -> None:
    status, _, content = browser.open("holiday.html", ResponseContentDisposition=value)
    assert (status, b"printable ASCII" in content) == (400, True)


@pytest.mark.parametrize("kind", ["image/png", "text/plain; charset=utf-8", "application/octet-stream"])
def test_an_override_that_only_shows_or_saves_may_pass(browser: Browser, kind: str) -> None:
    status, headers, content = browser.open("holiday.html", ResponseContentType=kind)
    assert (status, content) == (200, SCRIPT)
    assert {name.lower(): value for name, value in headers.items()}[b"content-type"] == kind.encode()
