"""Objects that the process of the local AWS copies itself: as over HTTP, and under the same policies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from ministack import app
from ministack.services import s3, sts

from localaws.iam.authority import Authority
from localaws.ministack.objects import Objects
from localaws.settings import Settings

if TYPE_CHECKING:
    from tests.unit.localaws.iam.conftest import Asked

OF_THE_MOMENT = ("last_modified", "data", "body")


@pytest.fixture
def changed(served: threading.Event) -> Iterator[threading.Event]:
    """MiniStack with the bucket `store` beside a server's loop; answers what writes set."""
    s3._create_bucket("store", b"")
    yield served
    s3.reset()


@pytest.fixture
def as_root(settings: Settings, changed: threading.Event) -> Objects:
    return Objects(None, "test", settings)


@pytest.fixture
def as_role(
    settings: Settings,
    changed: threading.Event,
    make_role: Callable[..., str],
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
) -> Objects:
    """Under a role that may read below `in/` alone, where IAM is enforced."""
    monkeypatch.setattr(app, "AUTH", True)
    role = make_role("reader", "sagemaker.amazonaws.com", "s3:GetObject", on="arn:aws:s3:::store/in/*")
    return Objects(None, Authority(settings).clients(role).credentials.key, settings)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    return path


def put_over_http(key: str, body: bytes) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path = f"/store/{key}"
    signed = b"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    headers = [(b"host", b"127.0.0.1"), (b"authorization", signed), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "headers": headers}
    asyncio.run(app.app(scope, receive, send))
    assert sent[0]["status"] == 200


def kept(key: str) -> dict[str, Any]:
    found: dict[str, Any] = s3._buckets["store"]["objects"][key]
    return {name: value for name, value in found.items() if name not in OF_THE_MOMENT}


def test_an_object_is_kept_as_one_that_came_over_http(as_root: Objects, changed: threading.Event, file: Path) -> None:
    as_root.write("store", "deep/of us?#+.txt", file)
    put_over_http("other", b"content")
    assert kept("deep/of us?#+.txt") == kept("other")
    assert as_root.read("store", "deep/of us?#+.txt") == b"content"
    assert changed.is_set()


def test_bytes_are_put_with_their_type_and_key(as_root: Objects) -> None:
    as_root.put("store", "lines", b"content", "application/json", "alias/mine")
    encryption = "x-amz-server-side-encryption"
    assert kept("lines")["content_type"] == "application/json"
    assert kept("lines")["preserved_headers"] == {encryption: "aws:kms", f"{encryption}-aws-kms-key-id": "alias/mine"}


def test_what_subscribes_to_a_bucket_is_notified(as_root: Objects, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fired: list[tuple[str, str, str]] = []
    monkeypatch.setattr(s3, "_fire_s3_event_async", lambda *named, **_: fired.append(named))
    as_root.write("store", "a", file)
    assert fired == [("store", "a", "s3:ObjectCreated:Put")]


def test_reading_leaves_nothing_to_save(as_root: Objects, changed: threading.Event, file: Path) -> None:
    as_root.write("store", "a", file)
    changed.clear()
    as_root.read("store", "a")
    assert not changed.is_set()


@pytest.mark.parametrize(("bucket", "code"), [("store", "NoSuchKey"), ("other", "NoSuchBucket")])
def test_what_is_not_there_is_the_client_s_error(as_root: Objects, bucket: str, code: str) -> None:
    with pytest.raises(ClientError, match=rf"An error occurred \({code}\) when calling the GetObject operation: The "):
        as_root.read(bucket, "missing")


def test_a_role_reads_what_its_policy_allows_and_both_answers_are_noted(
    as_role: Objects, as_root: Objects, asked: Asked, file: Path
) -> None:
    as_root.write("store", "in/a", file)
    assert as_role.read("store", "in/a") == b"content"
    with pytest.raises(ClientError, match=r"\(AccessDenied\) when calling the PutObject operation: .*s3:PutObject"):
        as_role.write("store", "in/b", file)
    assert asked.noted == [
        ("reader", "s3:GetObject", "arn:aws:s3:::store/in/a", True),
        ("reader", "s3:PutObject", "arn:aws:s3:::store/in/b", False),
    ]
    assert "in/b" not in s3._buckets["store"]["objects"]


def test_a_role_needs_the_key_of_the_bucket_as_well(
    as_role: Objects, as_root: Objects, asked: Asked, file: Path
) -> None:
    as_root.write("store", "in/a", file)
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    asked.more = [("kms:Decrypt", key, {})]
    with pytest.raises(ClientError, match=r"AccessDenied.*kms:Decrypt"):
        as_role.read("store", "in/a")
    assert asked.noted[-1] == ("reader", "kms:Decrypt", key, False)


def test_an_expired_session_is_refused(
    as_role: Objects, as_root: Objects, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_root.write("store", "in/a", file)
    [session] = sts._sessions.values()
    monkeypatch.setitem(session, "Expiration", 1.0)
    with pytest.raises(ClientError, match="ExpiredToken"):
        as_role.read("store", "in/a")


class Refusing:
    """A client that refuses a name before it sends anything."""

    def get_object(self, **_: str) -> Any:
        raise ValueError("Parameter validation failed")


@pytest.mark.parametrize(("bucket", "key"), [("store", ""), ("store/in", "a")])
def test_a_name_that_no_object_has_never_reaches_the_server(
    settings: Settings, changed: threading.Event, bucket: str, key: str
) -> None:
    with pytest.raises(ValueError, match="Parameter validation"):
        Objects(Refusing(), "test", settings).read(bucket, key)
