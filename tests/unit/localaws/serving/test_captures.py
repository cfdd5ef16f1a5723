"""What was captured comes to S3: all of it before a flush returns, whatever happens to one place."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from localaws.serving.captures import Captures, Exchange, Payload

CONFIG = {"EnableCapture": True, "InitialSamplingPercentage": 100, "CaptureOptions": [{"CaptureMode": "Input"}]}
TEXT = Payload("text/plain", b"picture")


class Slow:
    """An S3 that takes its time, and has no bucket `gone`."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.began = threading.Event()

    def put_object(self, **request: Any) -> None:
        self.began.set()
        if request["Bucket"] == "gone":
            raise ConnectionError("no such bucket")
        time.sleep(0.1)
        self.written.append(request["Key"])


def capture(captures: Captures, endpoint: str, bucket: str = "bucket") -> None:
    exchange = Exchange(endpoint, "live", TEXT, TEXT, None, "role")
    captures.add({**CONFIG, "DestinationS3Uri": f"s3://{bucket}/capture"}, exchange)


def test_a_flush_waits_for_the_one_that_has_begun() -> None:
    captures, s3 = Captures(), Slow()
    capture(captures, "watched")
    other = threading.Thread(target=captures.flush, args=(lambda _: s3,))
    other.start()
    assert s3.began.wait(5)
    captures.flush(lambda _: s3)
    assert len(s3.written) == 1
    other.join()


def test_a_place_that_cannot_be_written_keeps_no_other_back_and_is_tried_again() -> None:
    captures, s3 = Captures(), Slow()
    capture(captures, "first", "gone")
    capture(captures, "second")
    with pytest.raises(ConnectionError):
        captures.flush(lambda _: s3)
    assert [key.split("/")[1] for key in s3.written] == ["second"]
    with pytest.raises(ConnectionError):
        captures.flush(lambda _: s3)
    assert len(s3.written) == 1
