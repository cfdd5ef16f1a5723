"""The function as Lambda calls it."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ingest_image import handler as function
from ingest_image.settings import Settings

from common.images import Limits
from tests.unit.lambdas.ingest_image.conftest import BUCKET, Bucket, encode, noise

CONTEXT: Any = SimpleNamespace(
    function_name="scones-ingest-image",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:scones-ingest-image",
    aws_request_id="request",
    get_remaining_time_in_millis=lambda: 300_000,
)
Created = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _environment(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET", BUCKET)
    function.ingest.cache_clear()


def test_an_image_is_taken_in_reported_and_counted(
    bucket: Bucket, created: Created, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.put("incoming/bicycle/a+b c.png", encode(noise()))
    answer = function.handler(created("incoming/bicycle/a+b c.png"), CONTEXT)
    assert answer["what"] == "curated"
    json.dumps(answer)
    assert '"PicturesCurated":[1.0]' in capsys.readouterr().out


def test_success_closes_the_batch(bucket: Bucket, created: Created, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.put("incoming/bicycle/one.png", b"text")
    answer = function.handler(created("incoming/_SUCCESS", bucket.put("incoming/_SUCCESS", b"")), CONTEXT)
    assert (answer["state"], answer["taken_in"]) == ("closed", {"quarantined": 1})
    assert '"BatchesClosed":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"detail-type": "Object Deleted"}, "'Object Deleted'"),
        ({"detail": {"bucket": {"name": "another"}}}, "bucket another"),
        ({"detail": {"bucket": {"name": BUCKET}, "object": {"key": "curated/x.png"}}}, "no image under incoming/"),
        ({"detail": {"bucket": {"name": BUCKET}, "object": {"key": "incoming/bicycle/"}}}, "no image"),
        ({"detail": {"bucket": {"name": BUCKET}, "object": {"key": "incoming/.keep"}}}, "no image"),
    ],
)
def test_what_is_not_ours_is_left_alone(change: dict[str, Any], word: str, bucket: Bucket, created: Created) -> None:
    bucket.put("incoming/bicycle/one.png", encode(noise()))
    assert word in function.handler(created("incoming/bicycle/one.png") | change, CONTEXT)["ignored"]
    assert bucket.keys() == ["incoming/bicycle/one.png"]


def test_settings_are_read_from_the_environment() -> None:
    given = {"BUCKET": "b", "MAX_BYTES": "10", "MAX_PIXELS": "20"}
    assert Settings.from_environment(given) == Settings("b", Limits(most_bytes=10, most_pixels=20, least_side=28))
    assert Settings.from_environment({"BUCKET": "b"}) == Settings("b")
