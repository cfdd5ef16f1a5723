"""What was captured comes to S3: all of it before a flush returns, whatever happens to one place."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime

import pytest

from localaws.serving.captures import Captures, Exchange, Payload

CONFIG = {"EnableCapture": True, "InitialSamplingPercentage": 100, "CaptureOptions": [{"CaptureMode": "Input"}]}
TEXT = Payload("text/plain", b"picture")


class Slow:
    """An S3 that takes its time, and has no bucket `gone`."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.lines: list[str] = []
        self.began = threading.Event()

    def put(self, bucket: str, key: str, body: bytes, *_: str) -> None:
        self.began.set()
        if bucket == "gone":
            raise ConnectionError("no such bucket")
        time.sleep(0.1)
        self.written.append(key)
        self.lines += body.decode().splitlines()


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


def test_many_lines_come_in_several_objects_and_those_that_cannot_be_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    captures, s3 = Captures(), Slow()
    for _ in range(250):
        capture(captures, "watched")
    whole = s3.put

    def put_the_first(*request: str | bytes) -> None:
        if s3.written:
            raise ConnectionError("the disk is full")
        whole(*request)  # type: ignore[arg-type]

    monkeypatch.setattr(s3, "put", put_the_first)
    with pytest.raises(ConnectionError):
        captures.flush(lambda _: s3)
    monkeypatch.setattr(s3, "put", whole)
    captures.flush(lambda _: s3)
    known = {json.loads(line)["eventMetadata"]["eventId"] for line in s3.lines}
    assert (len(s3.written), len(s3.lines), len(known)) == (3, 250, 250)


@pytest.mark.parametrize(
    ("sent", "encoding", "data"),
    [
        (Payload("text/csv", 'é,"1"\n'.encode()), "CSV", 'é,"1"\n'),
        (Payload("text/csv; header=present", b"1"), "CSV", "1"),
        (Payload("text/csv", b"\xff"), "BASE64", "/w=="),
        (Payload('application/"\\', b'{"a": 1}'), "BASE64", "eyJhIjogMX0="),
        (Payload("application/json", b'{"a": "\\n"}'), "JSON", '{"a": "\\n"}'),
    ],
)
def test_a_line_holds_both_sides_whatever_is_in_them(sent: Payload, encoding: str, data: str) -> None:
    captures, s3 = Captures(), Slow()
    config = {
        **CONFIG,
        "DestinationS3Uri": "s3://bucket/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
    }
    captures.add(config, Exchange("watched", "live", sent, TEXT, 'an "id"', "role"))
    captures.flush(lambda _: s3)
    [line] = [json.loads(line) for line in s3.lines]
    at = line["eventMetadata"]["inferenceTime"]
    assert datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").strftime("%Y/%m/%d/%H") in s3.written[0]
    assert line == {
        "captureData": {
            "endpointInput": {
                "observedContentType": sent.content_type,
                "mode": "INPUT",
                "data": data,
                "encoding": encoding,
            },
            "endpointOutput": {
                "observedContentType": "text/plain",
                "mode": "OUTPUT",
                "data": "cGljdHVyZQ==",
                "encoding": "BASE64",
            },
        },
        "eventMetadata": {"eventId": line["eventMetadata"]["eventId"], "inferenceTime": at, "inferenceId": 'an "id"'},
        "eventVersion": "0",
    }
