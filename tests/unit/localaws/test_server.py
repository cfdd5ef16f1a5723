"""The front of the port: which requests are SageMaker's, and how the application beside it is reached."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from localaws import front, keys
from localaws.clients import Clients
from localaws.ministack import configuration

if TYPE_CHECKING:
    from localaws.aws import Aws
    from localaws.settings import Settings

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host"


class Visit:
    """One request to the front: what went to the others, and what was answered."""

    def __init__(self, aws: Aws) -> None:
        self.front = front.Front(aws, self._others)
        self.passed_on = 0
        self.sent: list[dict[str, Any]] = []

    async def _others(self, *_: object) -> None:
        self.passed_on += 1

    def ask(self, headers: dict[str, str], *parts: bytes, method: str = "POST", kind: str = "http") -> None:
        messages = [{"body": part, "more_body": index < len(parts) - 1} for index, part in enumerate(parts)]

        async def receive() -> dict[str, Any]:
            return messages.pop(0) if messages else {}

        async def send(message: dict[str, Any]) -> None:
            self.sent.append(message)

        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        asyncio.run(self.front({"type": kind, "method": method, "path": "/", "headers": named}, receive, send))

    @property
    def answer(self) -> tuple[int, Any]:
        return self.sent[0]["status"], json.loads(self.sent[1]["body"])


@pytest.fixture
def visit(aws: Aws) -> Visit:
    return Visit(aws)


def test_a_request_to_sagemaker_is_answered_here(visit: Visit) -> None:
    headers = {"X-Amz-Target": "SageMaker.ListModels", "Authorization": SIGNED.format("sagemaker")}
    visit.ask(headers, b'{"Max', b'Results": 5}')
    assert visit.answer == (200, {"Models": []})
    assert visit.passed_on == 0
    sizes = dict(visit.sent[0]["headers"])
    assert int(sizes[b"content-length"]) == len(visit.sent[1]["body"])


def test_a_request_without_a_signature_is_answered_too(visit: Visit) -> None:
    visit.ask({"x-amz-target": "SageMaker.BakeScones"}, b"{}")
    assert visit.answer[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-amz-target": "AWSEvents.PutEvents", "authorization": SIGNED.format("events")},
        {"x-amz-target": "SageMaker.CreateModel", "authorization": SIGNED.format("s3")},
    ],
)
def test_other_services_requests_are_passed_on(visit: Visit, headers: dict[str, str]) -> None:
    visit.ask(headers, b"{}")
    assert (visit.passed_on, visit.sent) == (1, [])


def test_a_body_that_is_too_large_is_refused_before_it_is_read_whole(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "_LARGEST_REQUEST", 10)
    visit.ask({"x-amz-target": "SageMaker.ListModels"}, b"x" * 8, b"x" * 8, b"never read")
    assert visit.answer[0] == 413
    assert visit.answer[1]["__type"] == "RequestEntityTooLargeException"


def test_ministack_binds_to_this_machine_only_and_keeps_its_state_at_home(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr("localaws.ministack.configuration.os.environ", environment)
    configuration.configure(settings)
    assert (environment["BIND_HOST"], environment["GATEWAY_PORT"]) == ("127.0.0.1", "45660")
    assert environment["STATE_DIR"].startswith(str(settings.home))
    assert environment["S3_DATA_DIR"].startswith(str(settings.home))


def test_another_version_of_ministack_is_refused_with_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "version", lambda _: "9.9.9")
    with pytest.raises(configuration.MiniStackError, match=r"MiniStack 9.9.9 is installed; 1.5.33 is needed"):
        configuration.configure(settings)


def test_the_local_aws_asks_itself_with_its_own_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    clients = Clients(settings, keys.ensure(settings))
    assert clients.s3 is clients.get("s3")
    assert clients.logs.meta.endpoint_url == clients.s3.meta.endpoint_url == settings.endpoint
    assert clients.s3._request_signer._credentials.access_key == keys.ensure(settings).key
