"""S3 that asks for fewer calls: the functions wait and try again, and what is left has a name that Retry knows."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import filter_confidence.review
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

from common.s3 import S3Address
from common.workflow import Storage, Throttled
from tests.unit.lambdas.serialize_image.conftest import encode, noise
from workflow.tasks import PASSING

BUCKET = "bucket"
IMAGE = encode(noise(32, 32))
PICTURE = f"s3://{BUCKET}/p.png"


@dataclass
class Weather:
    """What S3 answers instead of an answer, and how often."""

    s3: Any
    code: str = "SlowDown"
    status: int = 503
    times: int = 0
    calls: int = 0

    def answer(self, request: Any, **_: Any) -> AWSResponse | None:
        """Botocore calls this before each attempt; what is answered here is not sent."""
        self.calls += 1
        if self.times <= 0:
            return None
        self.times -= 1
        body = f"<Error><Code>{self.code}</Code><Message>Please reduce your request rate.</Message></Error>"
        raw = io.BytesIO(body.encode())
        raw.stream = lambda **_: iter([raw.getvalue()])  # type: ignore[attr-defined]
        return AWSResponse(request.url, self.status, {}, raw)


@pytest.fixture
def weather(monkeypatch: pytest.MonkeyPatch) -> Iterator[Weather]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with mock_aws():
        s3 = boto3.client("s3", aws_access_key_id="test", aws_secret_access_key="test")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="p.png", Body=IMAGE)
        made = Weather(s3)
        s3.meta.events.register_first("before-send.s3", made.answer)
        yield made


CALLS: dict[str, Callable[[Any], object]] = {
    "read": lambda s3: Storage(s3).read(S3Address(BUCKET, "p.png"), len(IMAGE)),
    "write": lambda s3: Storage(s3).write(S3Address(BUCKET, "q.png"), b"image"),
    "filter copies": lambda s3: filter_confidence.review.Review(s3, BUCKET).add(PICTURE, {}),
}
REQUESTS = {"filter copies": 2}  # all others make one


@pytest.mark.parametrize("call", CALLS)
def test_a_short_throttle_is_not_noticed(weather: Weather, call: str) -> None:
    weather.times, weather.calls = 2, 0
    CALLS[call](weather.s3)
    assert weather.calls == 2 + REQUESTS.get(call, 1)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500)])
def test_a_long_one_has_the_name_that_the_workflow_tries_again(
    weather: Weather, call: str, code: str, status: int
) -> None:
    weather.code, weather.status, weather.times = code, status, 100
    with pytest.raises(Throttled, match=f"S3 said {code} of s3://bucket/") as raised:
        CALLS[call](weather.s3)
    assert type(raised.value).__name__ in PASSING


@pytest.mark.parametrize("call", CALLS)
def test_what_does_not_pass_keeps_its_name_and_is_not_tried_again(weather: Weather, call: str) -> None:
    weather.code, weather.status, weather.times, weather.calls = "InvalidRequest", 400, 100, 0
    with pytest.raises(ClientError, match="InvalidRequest"):
        CALLS[call](weather.s3)
    assert weather.calls == 1


def test_the_workflow_tries_again_what_a_killed_process_is_called() -> None:
    assert {"Runtime.ExitError", "Lambda.Unknown"} <= set(PASSING)
