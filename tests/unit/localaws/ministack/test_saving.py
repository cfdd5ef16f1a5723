"""MiniStack's state on disk: what is written, when, and what an answer waits for."""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.parsers import create_parser
from ministack.core import persistence
from ministack.services import cloudformation, lambda_svc, s3

from localaws.ministack import saving
from localaws.ministack.saving import SavingApp
from localaws.store import StoreError

SIGNED = "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/{}/aws4_request, SignedHeaders=host"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(persistence, "STATE_DIR", str(tmp_path))
    monkeypatch.setattr(persistence, "PERSIST_STATE", True)
    monkeypatch.setattr(saving, "_files", {})
    return tmp_path


class Visit:
    """MiniStack that answers with `status`, and what happened in which order."""

    def __init__(self, status: int = 200, write: Callable[..., None] | None = None) -> None:
        self.status = status
        self.happened: list[object] = []
        self.sent: list[dict[str, Any]] = []
        self.app = SavingApp(self._answer, write or (lambda *services, **_: self.happened.append(services)))

    async def _answer(self, _: object, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def ask(self, service: str, target: str = "", body: bytes = b"", path: str = "/", method: str = "POST") -> Visit:
        headers = {b"authorization": SIGNED.format(service).encode()} | (
            {b"x-amz-target": target.encode()} if target else {}
        )

        async def receive() -> dict[str, Any]:
            return {"body": body}

        async def send(message: dict[str, Any]) -> None:
            self.sent.append(message)
            if message["type"] == "http.response.start":
                self.happened.append("answered")

        scope = {"type": "http", "method": method, "path": path, "headers": list(headers.items())}
        asyncio.run(self.app(scope, receive, send))
        return self


@pytest.mark.parametrize(
    ("request_of", "services"),
    [
        ({"service": "sqs", "target": "AmazonSQS.CreateQueue"}, ("sqs",)),
        ({"service": "iam", "body": b"Action=CreateRole&Version=2010-05-08"}, ("iam",)),
        ({"service": "s3", "path": "/bucket", "method": "PUT"}, ("s3",)),
        ({"service": "states", "target": "AWSStepFunctions.CreateStateMachine"}, ("stepfunctions",)),
        ({"service": "lambda", "path": "/2015-03-31/functions"}, ("lambda",)),
        ({"service": "monitoring", "path": "/service/G/operation/PutMetricAlarm"}, ("cloudwatch",)),
        ({"service": "sns", "body": b"Action=Publish"}, ("sns", "sqs")),
    ],
)
def test_what_a_request_changes_is_saved_before_it_is_answered(request_of: Any, services: tuple[str, ...]) -> None:
    visit = Visit().ask(**request_of)
    assert visit.happened == [services, "answered"]
    assert visit.app.changed.is_set()


@pytest.mark.parametrize(
    "request_of",
    [
        {"service": "s3", "path": "/bucket", "method": "GET"},
        {"service": "iam", "body": b"Action=GetRole&Version=2010-05-08"},
        {"service": "logs", "target": "Logs_20140328.FilterLogEvents"},
        {"service": "monitoring", "path": "/service/G/operation/DescribeAlarms"},
    ],
)
def test_a_call_that_only_reads_saves_nothing(request_of: Any) -> None:
    visit = Visit().ask(**request_of)
    assert visit.happened == ["answered"]
    assert not visit.app.changed.is_set()


@pytest.mark.parametrize(
    "request_of",
    [
        {"service": "s3", "path": "/bucket/a/key", "method": "PUT"},
        {"service": "logs", "target": "Logs_20140328.PutLogEvents"},
        {"service": "states", "target": "AWSStepFunctions.StartExecution"},
        {"service": "lambda", "path": "/2015-03-31/functions/f/invocations"},
        {"service": "unknown"},
    ],
)
def test_what_is_on_disk_or_can_wait_is_left_to_the_next_save(request_of: Any) -> None:
    visit = Visit().ask(**request_of)
    assert visit.happened == ["answered"]
    assert visit.app.changed.is_set()


def test_a_refused_request_is_answered_without_a_save() -> None:
    visit = Visit(400).ask("sqs", "AmazonSQS.CreateQueue")
    assert visit.happened == ["answered"]
    assert visit.app.changed.is_set()


def test_what_is_written_is_read_again_by_ministack(folder: Path) -> None:
    s3._create_bucket("kept", b"", {})
    saving.save("s3")
    s3.reset()
    s3.load_persisted_state(persistence.load_state("s3"))
    assert "kept" in s3._buckets
    s3.reset()


def test_stacks_are_written_as_ministack_writes_them(folder: Path) -> None:
    cloudformation._stacks["people"] = {"StackName": "people", "StackId": "an ARN"}
    saving.save("cloudformation")
    written = (folder / "cloudformation.json").read_text()
    persistence.save_state("cloudformation", cloudformation.get_state())
    assert "people" in written
    assert written == (folder / "cloudformation.json").read_text()
    cloudformation._stacks.clear()


def test_a_state_that_is_as_it_was_is_not_written_again(folder: Path) -> None:
    saving.save("s3")
    first = (folder / "s3.json").stat()
    saving.save("s3")
    assert (folder / "s3.json").stat().st_ino == first.st_ino
    s3._create_bucket("another", b"", {})
    saving.save("s3")
    assert "another" in (folder / "s3.json").read_text()
    s3.reset()


def test_a_large_content_is_written_as_ministack_writes_it_and_again_only_where_it_is_another(folder: Path) -> None:
    layer, other = bytes(range(256)) * 1024, bytes(reversed(range(256))) * 1024
    lambda_svc._layers["packages"] = {"versions": [{"_zip": layer}, {"_zip": b"small"}, {"_zip": layer}]}
    saving.save("lambda")
    persisted = (folder / "lambda.json").read_text()
    persistence.save_state("lambda", lambda_svc.get_state())
    assert persisted == (folder / "lambda.json").read_text()

    saving.save("lambda")
    lambda_svc._layers["packages"]["versions"][0]["_zip"] = other
    saving.save("lambda")

    read = persistence.load_state("lambda")
    assert read is not None
    assert [version["_zip"] for version in read["layers"]["packages"]["versions"]] == [other, b"small", layer]
    lambda_svc._layers.clear()


def test_a_large_content_is_not_encoded_to_see_that_nothing_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lambda_svc._layers["packages"] = {"versions": [{"_zip": bytes(1 << 20)}]}
    encoded: list[int] = []
    monkeypatch.setattr(saving, "b64encode", lambda content: encoded.append(len(content)) or b"")
    for _ in range(3):
        saving.save("lambda")
    assert encoded == [1 << 20]
    lambda_svc._layers.clear()


def test_no_answer_waits_for_a_large_state(folder: Path) -> None:
    saving.save("s3")
    s3._create_bucket("later", b"", {})
    saving.save("s3", largest=10)
    assert "later" not in (folder / "s3.json").read_text()
    s3.reset()


@contextmanager
def _full_disk() -> Iterator[None]:
    """No file of this process may grow meanwhile: what a full disk is to who writes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


def test_a_state_that_could_not_be_written_is_written_by_the_next_save(folder: Path) -> None:
    with _full_disk(), pytest.raises(StoreError, match=r"The state of s3 \(.*File too large.*free space on its disk"):
        saving.save("s3")
    saving.save("s3")
    assert (folder / "s3.json").stat().st_size > 0


def test_one_state_that_could_not_be_written_keeps_no_other_back(folder: Path) -> None:
    (folder / "s3.new").mkdir()
    with pytest.raises(StoreError, match="The state of s3 "):
        saving.save("s3", "sqs")
    assert (folder / "sqs.json").exists()


@pytest.mark.parametrize(
    ("request_of", "parser", "code"),
    [
        ({"service": "iam", "body": b"Action=CreateRole&Version=2010-05-08"}, "query", "InternalFailure"),
        ({"service": "sqs", "target": "AmazonSQS.CreateQueue"}, "json", "InternalFailure"),
        ({"service": "s3", "path": "/bucket", "method": "PUT"}, "rest-xml", "InternalError"),
        ({"service": "lambda", "path": "/2015-03-31/functions"}, "rest-json", "InternalFailure"),
    ],
)
def test_a_change_that_could_not_be_written_is_refused_in_the_services_protocol(
    folder: Path, request_of: Any, parser: str, code: str
) -> None:
    visit = Visit(write=saving.save)
    with _full_disk():
        s3._create_bucket("kept", b"", {})
        visit.ask(**request_of)
    start, body = visit.sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    answer = {"status_code": start["status"], "headers": headers, "body": body["body"]}
    error = create_parser(parser).parse(answer, None)["Error"]
    assert (start["status"], error["Code"]) == (500, code)
    assert "could not be written" in error["Message"]
    assert b"Sender" not in body["body"]
    assert visit.app.changed.is_set()
    s3.reset()
