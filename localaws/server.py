"""One process on 127.0.0.1: MiniStack's application with SageMaker's in front of it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from localaws import ministack
from localaws.autoscaling.service import AUTOSCALING
from localaws.autoscaling.tracking import Tracking
from localaws.aws import Aws
from localaws.clients import Clients
from localaws.events import Events
from localaws.gaps import workflows
from localaws.gaps.browsers import refusal
from localaws.gaps.managed_key import name_managed_key
from localaws.hosting.healing import keep_healing
from localaws.hosting.invocation import Answer, invoke
from localaws.jobs import container
from localaws.protocol import Service, answer
from localaws.recovery import recover, restore_logs, revive_endpoints
from localaws.sagemaker.resources import register_types
from localaws.sagemaker.service import SAGEMAKER
from localaws.settings import HOST, Settings
from localaws.store import Store

logger = logging.getLogger(__name__)

_LARGEST_REQUEST = 16 * 1024 * 1024
_SAVE_SECONDS = 2.0
_INVOCATIONS = 64  # requests that wait for models at once; further ones wait for these
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request")
_INVOKED = re.compile(r"/endpoints/([^/]+)/invocations")

# By the prefix of the header X-Amz-Target.
_SERVICES = {"SageMaker": SAGEMAKER, "AnyScaleFrontendService": AUTOSCALING}

Scope = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


class Front:
    """The ASGI application: SageMaker's requests go to our service, all others to MiniStack."""

    def __init__(self, aws: Aws, others: ministack.AsgiApp) -> None:
        self._aws = aws
        self._others = others
        self._models = ThreadPoolExecutor(_INVOCATIONS, thread_name_prefix="invocation")
        self.changed = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (sentence := refusal(scope)):
            await _respond(send, 403, json.dumps({"__type": "AccessDeniedException", "message": sentence}).encode())
            return
        if scope["type"] == "http" and (called := _called(scope)):
            await self._call(*called, receive, send)
            return
        if scope["type"] == "http" and (endpoint := _invoked(scope)):
            await self._invocation(endpoint, scope, receive, send)
            return
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            self.changed.set()
            scope = name_managed_key(scope, self._aws.settings.region, self._aws.settings.account)
        await self._others(scope, receive, send)

    async def _call(self, service: Service, operation: str, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if len(body) > _LARGEST_REQUEST:
            await _respond(send, 413, b'{"__type": "RequestEntityTooLargeException", "message": "Over 16 MiB."}')
            return
        status, content = await asyncio.to_thread(answer, service, self._aws, operation, body)
        await _respond(send, status, content)

    async def _invocation(self, endpoint: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive)
        loop = asyncio.get_running_loop()
        answer: Answer = await loop.run_in_executor(self._models, invoke, self._aws, endpoint, headers, body)
        await _send(send, answer.status, dict(answer.headers), answer.body)


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The port answers only after state has been recovered."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    ministack.configure(settings)
    others = ministack.load()
    workflows.close()
    store = Store(settings.home / "sagemaker.db")
    aws = Aws(settings, store, Events(store, ministack.deliver_event), Clients(settings))
    register_types(aws)
    recover(aws)
    front = Front(aws, others)
    settings.pid_file.write_text(str(os.getpid()), encoding="ascii")
    try:
        asyncio.run(_serve(aws, front))
    finally:
        # First the store: what is killed here must be found as interrupted by the next start, not as failed by itself.
        store.close()
        container.kill_left_over(settings.jobs)
        container.kill_left_over(settings.endpoints)
        settings.pid_file.unlink(missing_ok=True)


async def _serve(aws: Aws, front: Front) -> None:
    config = Config()
    config.bind = [f"{HOST}:{aws.settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    recovery = loop.run_in_executor(None, _begin, aws, aws.settings.home / "ministack" / "state")
    saving = asyncio.create_task(_save_changes(front))
    threading.Thread(target=aws.live.keep_flushing, args=(aws.clients,), daemon=True).start()
    threading.Thread(target=keep_healing, args=(aws,), daemon=True).start()
    threading.Thread(target=Tracking(aws).run, daemon=True).start()

    async def stopped() -> None:
        await stopping.wait()
        aws.live.stopping.set()
        # Captures go to S3, which answers only until the port is closed.
        await asyncio.to_thread(aws.live.flush, aws.clients)

    await serve(front, config, shutdown_trigger=stopped)
    saving.cancel()
    aws.events.close()
    await recovery


def _begin(aws: Aws, saved_state: Path) -> None:
    restore_logs(aws, saved_state)
    revive_endpoints(aws)
    aws.events.start()


async def _save_changes(front: Front) -> None:
    # MiniStack saves its state at a clean exit only; what `kill -9` can cost is the last two seconds of it.
    while True:
        await asyncio.sleep(_SAVE_SECONDS)
        if front.changed.is_set():
            front.changed.clear()
            await asyncio.to_thread(ministack.save)


def _called(scope: Scope) -> tuple[Service, str] | None:
    """The service of ours and the operation that a request calls; None for MiniStack's services."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    prefix, _, operation = headers.get(b"x-amz-target", b"").decode("latin-1").partition(".")
    signed = _SIGNED_FOR.search(headers.get(b"authorization", b"").decode("latin-1"))
    service = _SERVICES.get(prefix)
    if service and (signed is None or signed.group(1) == service.name):
        return service, operation
    return None


def _invoked(scope: Scope) -> str | None:
    """The endpoint that a request of the service sagemaker-runtime names; no S3 request is signed for it."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    signed = _SIGNED_FOR.search(headers.get(b"authorization", b"").decode("latin-1"))
    if signed is None or signed.group(1) != "sagemaker":
        return None
    path = _INVOKED.fullmatch(scope["path"])
    return path.group(1) if path else None


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body") or size > _LARGEST_REQUEST:
            return b"".join(parts)


async def _respond(send: Send, status: int, content: bytes) -> None:
    await _send(send, status, {"content-type": "application/x-amz-json-1.1"}, content)


async def _send(send: Send, status: int, headers: dict[str, str], content: bytes) -> None:
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    encoded.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})
