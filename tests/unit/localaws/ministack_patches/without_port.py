"""A boto3 client of MiniStack's S3 in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from ministack.services import s3


class _Raw(BytesIO):
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


def _answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
    parts = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    body = request.body.read() if hasattr(request.body, "read") else (request.body or b"")
    query = parse_qs(parts.query, keep_blank_values=True)
    status, answered, content = asyncio.run(s3.handle_request(request.method, parts.path, headers, body, query))
    return AWSResponse(request.url, status, answered, _Raw(content))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def build_client() -> Any:
    """The client, whose requests go to no port."""
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    made = boto3.Session("test", "test", region_name="us-east-1").client(
        "s3", config=config, endpoint_url="http://127.0.0.1:4566"
    )
    made.meta.events.register("before-send.s3", _answer)
    return made
