"""MiniStack's state on disk: what a request has changed is saved before it is answered, the rest every two seconds.

MiniStack keeps all but S3's objects in memory and saves it at a clean exit only; lines of logs have a file of their own
(ministack_patches/logs.py). Left to the next save are new streams of logs, metrics, a service whose state is large,
what goes on after the answer, and executions, which have a journal (ministack_patches/step_functions/executions.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation

from localaws.asgi import Application, Message, Receive, Scope, Send, respond
from localaws.ministack import errors
from localaws.store import StoreError

READS = {
    app: ("SERVICE_NAME_ALIASES", "SERVICE_REGISTRY", "_build_persistence_save_dict"),
    cloudformation: ("_PERSISTED_STORES",),
    persistence: ("STATE_DIR", "_json_default", "_state_format_version"),
}

logger = logging.getLogger(__name__)

_SIGNED_FOR = re.compile(rb"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request")
_OPERATION = re.compile(rb"(?:\.|/operation/)(\w+)$")
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_READS = re.compile(rb"Describe|List|Get|Filter|Receive")
_LEFT_TO_THE_NEXT_SAVE = (b"CreateLogStream", b"PutLogEvents", b"PutMetricData", b"StartExecution")
_INVOCATIONS = "/invocations"  # a function's
# Services that a request to another one changes before it is answered.
_REACHED = {"sns": ("sqs",)}
_LARGE = 2 * 1024 * 1024  # bytes, some 25 ms to write
_CONTENT = 64 * 1024  # bytes of a value that is not encoded to see whether anything changed, such as a layer's archive
_MARK = f"{uuid4()}-"  # before the identity of such a value
_NAMED = re.compile(rb"%b(\d+)" % _MARK.encode())
_ATTEMPTS = 20


@dataclass
class _File:
    """What was last written of a service: the digest of its outline, the contents that the outline names, its size."""

    digest: bytes = b""
    contents: dict[int, bytes] = field(default_factory=dict)
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_files: dict[str, _File] = {}


def save(*services: str, largest: float = float("inf")) -> None:
    """Write the state of these services, or of all, where it is not as it was last written.

    Raises StoreError where one could not be written, once all others are; the next save tries it again.
    """
    states = app._build_persistence_save_dict()
    failed = []
    for name in services or states:
        file = _files.setdefault(name, _File())
        if name in states and file.size <= largest:
            try:
                _write(name, states[name], file)
            except (OSError, RuntimeError, TypeError, ValueError) as error:
                failed.append(f"{name} ({error})")
    if failed:
        raise StoreError(
            f"The state of {', '.join(failed)} could not be written to {persistence.STATE_DIR}; free space on its "
            "disk: the change is kept in memory, and written by the next save that can."
        )


def _write(name: str, read: Callable[[], Any], file: _File) -> None:
    with file.lock:
        outline, contents = _outline(name, read)
        digest = hashlib.sha256(outline).digest()
        if not outline or digest == file.digest:
            return
        content = _NAMED.sub(lambda found: b64encode(contents[int(found[1])]), outline)
        folder = Path(persistence.STATE_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{name}.new"
        draft.write_bytes(content)
        draft.replace(folder / f"{name}.json")
        # The contents are kept with the digest: as long as they live, no other one has the identity of one of them.
        file.digest, file.contents, file.size = digest, contents, len(content)


def _outline(name: str, read: Callable[[], Any]) -> tuple[bytes, dict[int, bytes]]:
    """A service's file, as MiniStack's `load_state` reads it, with large contents by their identities, and those.

    Empty for a service that has no state to save.
    """
    for attempt in range(_ATTEMPTS):
        contents: dict[int, bytes] = {}
        try:
            state = _stacks() if name == "cloudformation" else read()
            if state is None:
                return b"", {}
            version = persistence._state_format_version(name)
            wrapped = {"__ministack_format__": version, "payload": state}
            return json.dumps(wrapped, default=partial(_encode, contents)).encode(), contents
        except RuntimeError as error:  # it changed meanwhile
            if attempt == _ATTEMPTS - 1:
                raise
            logger.debug("Read again: %s", error)
    raise AssertionError


def _encode(contents: dict[int, bytes], value: object) -> object:
    """What JSON has for a value that it does not know; a large content is put aside and named."""
    if isinstance(value, bytes) and len(value) >= _CONTENT:
        contents[id(value)] = value
        return {"__bytes__": f"{_MARK}{id(value)}"}
    return persistence._json_default(value)


def _stacks() -> dict[str, Any]:
    """CloudFormation's state without the copy that MiniStack makes of it, which takes longer than all else."""
    return {key: store() for store, key in cloudformation._PERSISTED_STORES}


class SavingApp:
    """MiniStack's ASGI application; the answer to a request that has changed something leaves when that is on disk.

    Where it could not be written, the answer is an error: the caller may try again, or knows that a crash can undo it.
    """

    def __init__(self, application: Application, write: Callable[..., None] = save) -> None:
        self._application = application
        self._write = write
        # Threads of their own: what runs in the loop's may wait for an answer of this application.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="save")
        self.changed = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._application(scope, receive, send)
            return
        first, failed = b"", False

        async def receive_and_note() -> Message:
            nonlocal first
            message = await receive()
            first = first or message.get("body", b"")
            return message

        async def save_and_send(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                try:
                    await self._save(scope, _operation(scope, first), message["status"])
                except StoreError as error:
                    logger.error("Refused: %s", error)
                    failed = True
                    await respond(send, *_failure(scope, error))
            if not failed:
                await send(message)

        await self._application(scope, receive_and_note, save_and_send)

    async def _save(self, scope: Scope, operation: bytes, status: int) -> None:
        """Write what a request has changed; raises StoreError."""
        if _READS.match(operation):
            return
        self.changed.set()
        services = _services(scope, operation) if status < 400 else ()
        if services:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, lambda: self._write(*services, largest=_LARGE))


def _failure(scope: Scope, error: StoreError) -> errors.Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return errors.build_failure(_service(scope), str(error), headers)


def _operation(scope: Scope, body: bytes) -> bytes:
    """The operation that a request names in its header, its path or its form; empty where only the path has it."""
    target = dict(scope["headers"]).get(b"x-amz-target") or scope["path"].encode()
    found = _OPERATION.search(target) or _ACTION.search(body[:1024])
    return found[1] if found else b""


def _services(scope: Scope, operation: bytes) -> tuple[str, ...]:
    """The state that a request changes which is to be on disk before the answer, by the names of MiniStack's files."""
    name = _service(scope)
    of_object = name == "s3" and "/" in scope["path"].strip("/")
    if name not in app.SERVICE_REGISTRY or of_object or operation in _LEFT_TO_THE_NEXT_SAVE:
        return ()
    if scope["path"].endswith(_INVOCATIONS):
        return ()
    service = app.SERVICE_REGISTRY[name]
    return (service.get("state_key", service["module"]), *_REACHED.get(name, ()))


def _service(scope: Scope) -> str:
    """The service that a request is signed for, by MiniStack's name; empty where it has no signature in its headers."""
    signed = _SIGNED_FOR.search(dict(scope["headers"]).get(b"authorization", b""))
    name = signed[1].decode() if signed else ""
    return str(app.SERVICE_NAME_ALIASES.get(name, name))
