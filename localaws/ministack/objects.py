"""S3's objects for the process of the local AWS itself: what a job copies does not go through HTTP.

A request from here is authorized, logged and answered by the code that those of the port reach, one at a time on the
server's loop; what it has no use for is a connection, and a signature, which this process would make and check.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Coroutine, Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import unquote
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from ministack import app
from ministack.core import iam_evaluator, responses

from localaws.settings import HOST, Settings

READS = {
    app: ("_dispatch_service_request",),
    iam_evaluator: ("pin_request_origin",),
    responses: ("set_request_account_id", "set_request_client_ip", "set_request_region"),
}


Answered = TypeVar("Answered")
_ENCRYPTION = "x-amz-server-side-encryption"


@dataclass(frozen=True)
class _Server:
    loop: asyncio.AbstractEventLoop
    changed: threading.Event  # set when something is to be saved


_servers: list[_Server] = []


def serve(loop: asyncio.AbstractEventLoop, changed: threading.Event) -> None:
    """Answer on the loop of the server of this process from now on; `changed` is set by what writes."""
    _servers[:] = [_Server(loop, changed)]


def wait_for(answer: Coroutine[Any, Any, Answered]) -> Answered:
    """What the server's loop answers, for another thread; where there is no server, a loop of the thread's own does."""
    for server in _servers:
        return asyncio.run_coroutine_threadsafe(answer, server.loop).result()
    return asyncio.run(answer)


def mark_changed() -> None:
    """Let what is changed without a request to MiniStack be saved soon."""
    for server in _servers:
        server.changed.set()


def is_served() -> bool:
    """Whether this process is the local AWS."""
    return bool(_servers)


@dataclass(frozen=True)
class Requests:
    """Requests to a service of MiniStack under an access key, for a process that is the local AWS."""

    service: str
    protocol: str
    """In which it answers errors, by botocore's name."""
    key: str
    settings: Settings

    def ask(
        self,
        method: str,
        operation: str,
        path: str,
        body: bytes,
        query: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> bytes:
        """Send a request to the server's loop and wait for its answer; raises ClientError."""
        # A context of its own, as a request has: this thread may have begun in that of another request.
        answer = Context().run(
            asyncio.run_coroutine_threadsafe, self._dispatch(method, path, body, query or {}, headers), _servers[0].loop
        )
        status, answered, content = answer.result()
        if status >= 300:
            failed = {"status_code": status, "headers": answered, "body": content}
            from botocore.parsers import create_parser  # noqa: PLC0415 - the start needs none

            raise ClientError(create_parser(self.protocol).parse(failed, None), operation)
        if method != "GET":
            _servers[0].changed.set()
        return content

    async def _dispatch(
        self, method: str, path: str, body: bytes, query: Mapping[str, list[str]], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        region = self.settings.region
        responses.set_request_account_id(self.settings.account)
        responses.set_request_region(region)
        responses.set_request_client_ip(HOST)
        iam_evaluator.pin_request_origin(HOST, True)
        # Who asks, for MiniStack to ask their policies.
        scope = f"{self.key}/{datetime.now(UTC):%Y%m%d}/{region}/{self.service}/aws4_request"
        sent = {
            **headers,
            "host": f"{HOST}:{self.settings.port}",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}",
            "content-length": str(len(body)),
        }
        answer: tuple[int, dict[str, str], bytes] = await app._dispatch_service_request(
            method, path, sent, body, dict(query), str(uuid.uuid4())
        )
        return answer


class Objects:
    """Reads and writes objects under an access key; by the client where this process is not the local AWS.

    Errors are ClientError, as the client raises them. For threads other than the server's loop.
    """

    def __init__(self, client: Any, key: str, settings: Settings) -> None:  # noqa: ANN401 - boto3's S3 client
        self._client = client
        self._ask = Requests("s3", "rest-xml", key, settings).ask

    def list_keys(self, bucket: str, prefix: str) -> Iterator[str]:
        """The keys that begin with `prefix`, in S3's order."""
        if not _is_answered_here(bucket):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                yield from (entry["Key"] for entry in page.get("Contents", []))
            return
        asked = {"list-type": ["2"], "prefix": [prefix], "encoding-type": ["url"]}
        while True:
            listed = ElementTree.fromstring(self._ask("GET", "ListObjectsV2", f"/{bucket}", b"", asked))  # noqa: S314
            yield from (unquote(key.text or "") for key in listed.iterfind("{*}Contents/{*}Key"))
            if not (token := listed.findtext("{*}NextContinuationToken")):
                return
            asked["continuation-token"] = [token]

    def read(self, bucket: str, key: str) -> bytes:
        """Answer an object's newest version."""
        if not _is_answered_here(bucket, key):
            content: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
            return content
        return self._ask("GET", "GetObject", f"/{bucket}/{key}", b"")

    def put(self, bucket: str, key: str, body: bytes, content_type: str, kms_key: str = "") -> None:
        """Put bytes as an object, encrypted with a key of KMS where one is named."""
        if not _is_answered_here(bucket, key):
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
            self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **encryption)
            return
        encrypted = {_ENCRYPTION: "aws:kms", f"{_ENCRYPTION}-aws-kms-key-id": kms_key} if kms_key else {}
        headers = {"content-type": content_type, **encrypted}
        self._ask("PUT", "PutObject", f"/{bucket}/{key}", body, headers=headers)

    def write(self, bucket: str, key: str, source: Path) -> None:
        """Put the file `source` as an object."""
        if _is_answered_here(bucket, key):
            self._ask("PUT", "PutObject", f"/{bucket}/{key}", source.read_bytes())
            return
        with source.open("rb") as file:
            self._client.put_object(Bucket=bucket, Key=key, Body=file)


def _is_answered_here(bucket: str, key: str = "-") -> bool:
    from botocore.handlers import VALID_BUCKET  # noqa: PLC0415 - takes a while to import, and the start needs none

    # The client refuses other names before it sends anything; in a path they would name something else.
    return bool(is_served() and key and VALID_BUCKET.search(bucket))
