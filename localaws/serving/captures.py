"""Data capture: requests and answers as lines of JSON in S3, in AWS's layout, written every second."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from botocore.exceptions import ClientError

from localaws.parts import in_parts
from localaws.shapes import Document

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Payload:
    """One side of an invocation."""

    content_type: str
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """An invocation that was answered, as it is captured."""

    endpoint: str
    variant: str
    sent: Payload
    answered: Payload
    inference_id: str | None
    role: str = ""


class Store(Protocol):
    """Where objects are put; localaws.ministack.objects has it."""

    def put(self, bucket: str, key: str, body: bytes, content_type: str, kms_key: str = "") -> None:
        """Put an object, encrypted with a key of KMS where one is named."""


@dataclass(frozen=True)
class _Place:
    """Where lines gather into one object: hours are UTC."""

    uri: str
    endpoint: str
    variant: str
    hour: str
    kms_key: str
    role: str


class Captures:
    """Lines that wait to be written. Safe for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._lines: dict[_Place, list[str]] = defaultdict(list)

    def add(self, config: Document, exchange: Exchange) -> None:
        """Capture an invocation, if the DataCaptureConfig says so and the sample takes it."""
        if not config.get("EnableCapture") or not _is_sampled(config["InitialSamplingPercentage"]):
            return
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        uri, key = config["DestinationS3Uri"], config.get("KmsKeyId", "")
        hour = at[:13].replace("-", "/").replace("T", "/")
        place = _Place(uri, exchange.endpoint, exchange.variant, hour, key, exchange.role)
        line = _line(config, exchange, at)
        with self._lock:
            self._lines[place].append(line)

    def flush(self, objects_of: Callable[[str], Store]) -> None:
        """Write what has gathered, place by place, as the endpoint's role.

        What cannot be written is kept for the next time; what the role may not write is lost, as on AWS. When this
        returns, all that was captured before the call has been tried: another thread's flush is waited for.
        """
        with self._writing:
            self._flush(objects_of)

    def _flush(self, objects_of: Callable[[str], Store]) -> None:
        with self._lock:
            lines, self._lines = self._lines, defaultdict(list)
        failure: Exception | None = None
        for place, waiting in lines.items():
            try:
                _write_in_parts(objects_of(place.role), place, waiting)
            except Exception as error:
                # A place that cannot be written must not keep the others back.
                failure = error
                with self._lock:
                    self._lines[place] = waiting + self._lines[place]
        if failure:
            raise failure


def _is_sampled(percentage: int) -> bool:
    return percentage >= 100 or secrets.randbelow(100) < percentage


def _write_in_parts(objects: Store, place: _Place, lines: list[str]) -> None:
    """Write lines, and take out of the list what is written."""
    for part in in_parts(tuple(lines)):
        _write_if_allowed(objects, place, part)
        del lines[: len(part)]


def _write_if_allowed(objects: Store, place: _Place, lines: Sequence[str]) -> None:
    try:
        _write(objects, place, lines)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        logger.warning("Captures of %s are lost: %s", place.endpoint, error)


def _write(objects: Store, place: _Place, lines: Sequence[str]) -> None:
    bucket, _, prefix = place.uri.removeprefix("s3://").partition("/")
    now = datetime.now(UTC)
    name = f"{now:%M-%S}-{now.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
    key = "/".join(filter(None, (prefix.strip("/"), place.endpoint, place.variant, place.hour, name)))
    body = "".join(f"{line}\n" for line in lines).encode()
    objects.put(bucket, key, body, "application/json", place.kms_key)


def _line(config: Document, exchange: Exchange, at: str) -> str:
    """A capture as a line of JSON, put together by hand: a serializer would read each body once more."""
    modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
    data = []
    if modes & {"Input", "InputAndOutput"}:
        data.append(f'"endpointInput":{_captured(config, exchange.sent, "INPUT")}')
    if modes & {"Output", "InputAndOutput"}:
        data.append(f'"endpointOutput":{_captured(config, exchange.answered, "OUTPUT")}')
    known = f',"inferenceId":{json.dumps(exchange.inference_id)}' if exchange.inference_id else ""
    metadata = f'{{"eventId":"{uuid.uuid4()}","inferenceTime":"{at}"{known}}}'
    return f'{{"captureData":{{{",".join(data)}}},"eventMetadata":{metadata},"eventVersion":"0"}}'


def _captured(config: Document, payload: Payload, mode: str) -> str:
    encoding = _encoding(config.get("CaptureContentTypeHeader", {}), payload.content_type)
    try:
        data = "" if encoding == "BASE64" else json.dumps(payload.body.decode("utf-8"))
    except UnicodeDecodeError:
        encoding = "BASE64"
    if encoding == "BASE64":
        data = f'"{base64.b64encode(payload.body).decode("ascii")}"'
    seen = json.dumps(payload.content_type)
    return f'{{"observedContentType":{seen},"mode":"{mode}","data":{data},"encoding":"{encoding}"}}'


def _encoding(listed: Document, content_type: str) -> str:
    """AWS keeps as text only what the configuration lists; all else is BASE64."""
    bare = content_type.split(";", maxsplit=1)[0].strip().lower()
    if bare in {item.lower() for item in listed.get("JsonContentTypes", [])}:
        return "JSON"
    if bare in {item.lower() for item in listed.get("CsvContentTypes", [])}:
        return "CSV"
    return "BASE64"
