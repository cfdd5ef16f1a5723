"""The front door: requests to SageMaker and what else MiniStack lacks are answered here, all others by MiniStack."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import parse_qs, unquote_to_bytes

from localaws import rest
from localaws.asgi import Application, GoneError, Receive, Scope, Send, read_body, respond
from localaws.authorization import check_caller, enforce
from localaws.aws import Aws
from localaws.browsers import harmless, refusal, refused_override
from localaws.errors import AwsError
from localaws.hosting.invocation import Answer, invoke
from localaws.iam.checks import Check
from localaws.iam.gate import Gate
from localaws.ministack.errors import build_refusal
from localaws.ministack.identity import Caller
from localaws.operations import Service
from localaws.push import receiving
from localaws.push.changes import PATH
from localaws.regions import is_region
from localaws.rest import answer
from localaws.services import BY_TARGET, OF_REST
from localaws.settings import HEALTH, REGION, Settings

_LARGEST_REQUEST = 16 * 1024 * 1024
_READ = "Get"  # what makes nothing, as an invocation or an operation that is not there
_INVOCATIONS = 64  # requests that wait for models at once; further ones wait for these
# Calls of our services at once. Threads of their own: a call may ask S3 or ECR, which need the loop's own threads.
_CALLS = 32
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([a-z0-9-]+)/aws4_request")
_ENCRYPTION = b"x-amz-server-side-encryption"
_KEY = b"x-amz-server-side-encryption-aws-kms-key-id"
_NONCE = re.compile(r"[0-9a-f]{64}")
_INVOKED = re.compile(r"/endpoints/([^/]+)/invocations")


class Front:
    """The ASGI application: SageMaker's requests go to our service, all others to MiniStack."""

    def __init__(
        self,
        aws: Aws,
        others: Application,
        gate: Gate | None = None,
        prove: Callable[[str], str] | None = None,
        find: Callable[[str, str], Aws] | None = None,
    ) -> None:
        """Answer for `aws`, or for what `find` answers of a request's region and operation."""
        self._aws = aws
        self._find = find or (lambda _, __: aws)
        self._others = others
        self._gate = gate  # None where somebody else has asked who sends a request, as a test does
        self._prove = prove
        self._calls = ThreadPoolExecutor(_CALLS, thread_name_prefix="call")
        self._models = asyncio.Semaphore(_INVOCATIONS)
        self._enforced = aws.settings.enforce_iam

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._others(scope, receive, send)
            return
        send = harmless(send)
        sentence = refusal(scope)
        if sentence and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": sentence[:100]})
        elif sentence:
            await _respond(send, 403, json.dumps({"__type": "AccessDeniedException", "message": sentence}).encode())
        elif scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", HEALTH):
            await respond(send, 200, {"content-type": "application/json"}, self._health(scope))
        else:
            with suppress(GoneError):
                await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        admitted = await self._gate.admit(scope, receive, send) if self._gate else (scope, receive)
        if admitted is None:
            return
        scope, receive = admitted
        if scope["type"] == "websocket":
            await self._others(scope, receive, send)
        elif (signed := _signed_for(scope)) and not is_region(signed.region):
            await _refuse_region(signed, scope, send)
        elif invalid := refused_override(scope):
            await respond(send, 400, {"content-type": "application/xml"}, invalid)
        else:
            await self._answer(signed, scope, receive, send)

    def _health(self, scope: Scope) -> bytes:
        """What everybody may know, and the proof that this is the installation which holds the key; see process."""
        settings = self._aws.settings
        [nonce] = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("nonce", [""])[:1]
        proof = self._prove(nonce) if self._prove and _NONCE.fullmatch(nonce) else ""
        health = {
            "proof": proof,
            "enforces_iam": settings.enforce_iam,
            "open": settings.open_to_all,
            "isolation": settings.isolation.sentence,
        }
        return json.dumps(health).encode()

    async def _answer(self, signed: _Signed | None, scope: Scope, receive: Receive, send: Send) -> None:
        if called := _called(signed, scope):
            await self._call(*called, _region(signed), scope, receive, send)
        elif (scope["method"], scope["path"]) == ("POST", PATH):
            aws = self._find(_region(signed), "")
            body = await read_body(receive, _LARGEST_REQUEST)
            await _respond(send, *await asyncio.to_thread(_receive, aws, body))
        elif endpoint := _invoked(signed, scope):
            await self._invocation(endpoint, _region(signed), scope, receive, send)
        elif routed := _routed(signed, scope):
            await self._call_rest(*routed, _region(signed), scope, receive, send)
        else:
            await self._others(_name_managed_key(scope, _region(signed), self._aws.settings), receive, send)

    async def _call(
        self, service: Service, operation: str, region: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        body = await read_body(receive, _LARGEST_REQUEST)
        if len(body) > _LARGEST_REQUEST:
            await _respond(send, 413, b'{"__type": "RequestEntityTooLargeException", "message": "Over 16 MiB."}')
            return
        aws = self._find(region, operation if operation in service.operations else _READ)
        authorize = partial(check_caller, aws, Caller(scope, body)) if self._enforced else None
        run = partial(copy_context().run, answer, service, aws, operation, body, authorize)
        status, content = await asyncio.get_running_loop().run_in_executor(self._calls, run)
        await _respond(send, status, content)

    async def _call_rest(
        self,
        service: Service,
        operation: str,
        labels: dict[str, str],
        region: str,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """A call of a service whose protocol is REST."""
        body = await read_body(receive, _LARGEST_REQUEST)
        request = rest.as_json(service.name, operation, labels, scope.get("query_string", b""), body)
        aws = self._find(region, operation)
        authorize = partial(check_caller, aws, Caller(scope, body)) if self._enforced else None
        status, content = await asyncio.to_thread(answer, service, aws, operation, request, authorize)
        headers = {"content-type": "application/json"}
        if status >= 400:
            headers["x-amzn-errortype"], content = rest.error(content)
        await respond(send, status, headers, content)

    async def _invocation(self, endpoint: str, region: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await read_body(receive, _LARGEST_REQUEST)
        aws = self._find(region, _READ)
        if self._enforced and (denial := await asyncio.to_thread(_denial, aws, endpoint, Caller(scope, body))):
            await respond(send, denial.status, dict(denial.headers), denial.body)
            return
        async with self._models:
            answer = await invoke(aws, endpoint, headers, body)
        await respond(send, answer.status, dict(answer.headers), answer.body)


def _receive(aws: Aws, body: bytes) -> tuple[int, bytes]:
    """Take a push; events and builds follow from it."""
    try:
        return 200, json.dumps(receiving.receive(aws, body)).encode()
    except AwsError as error:
        return error.status, json.dumps({"__type": error.code, "message": error.message}).encode()


def _denial(aws: Aws, endpoint: str, caller: Caller) -> Answer | None:
    try:
        resource = aws.arn("endpoint", endpoint.lower())
        enforce(aws.settings, caller, [Check("sagemaker:InvokeEndpoint", resource)])
    except AwsError as error:
        body = json.dumps({"Message": error.message}).encode()
        return Answer(403, {"content-type": "application/json", "x-amzn-errortype": error.code}, body)
    return None


def _called(signed: _Signed | None, scope: Scope) -> tuple[Service, str] | None:
    """The service of ours and the operation that a request calls; None for MiniStack's services."""
    prefix, _, operation = _header(scope, b"x-amz-target").decode("latin-1").partition(".")
    service = BY_TARGET.get(prefix)
    if service and (signed is None or signed.service == service.signed_for):
        return service, operation
    return None


def _routed(signed: _Signed | None, scope: Scope) -> tuple[Service, str, dict[str, str]] | None:
    """The operation of a REST service of ours that a request calls, with the members in its path.

    Other services have such paths, and are signed for otherwise.
    """
    for service in OF_REST:
        if (
            signed
            and service.signed_for == signed.service
            and (found := rest.match(service.name, scope["method"], scope["path"]))
        ):
            return service, *found
    return None


@dataclass(frozen=True)
class _Signed:
    """What a request's signature is for."""

    region: str
    service: str


def _signed_for(scope: Scope) -> _Signed | None:
    """What a request names in its header or, as a link that was signed before, in its address."""
    return _parse_signed(_header(scope, b"authorization") or unquote_to_bytes(scope.get("query_string", b"")))


@lru_cache(maxsize=256)
def _parse_signed(named: bytes) -> _Signed | None:
    found = _SIGNED_FOR.search(named.decode("latin-1"))
    return _Signed(*found.groups()) if found else None


def _header(scope: Scope, wanted: bytes) -> bytes:
    """A header by its name in lower case; empty where there is none."""
    for name, value in reversed(scope["headers"]):
        if name.lower() == wanted:
            return bytes(value)
    return b""


def _region(signed: _Signed | None) -> str:
    """The region that a request is signed for; without a signature the home region."""
    return signed.region if signed else REGION


async def _refuse_region(signed: _Signed, scope: Scope, send: Send) -> None:
    """A region that AWS does not have, where its clients would find no host."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    sentence = f"Credential should be scoped to a valid region, not '{signed.region[:60]}'."
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    code = "AuthorizationHeaderMalformed" if signed.service == "s3" else "SignatureDoesNotMatch"
    _, answered, body = build_refusal(signed.service, code, sentence, headers)
    status = 400 if signed.service == "s3" else 403
    await respond(send, status, answered, b"" if scope["method"] == "HEAD" else body)


def _invoked(signed: _Signed | None, scope: Scope) -> str | None:
    """The endpoint that a request of the service sagemaker-runtime names; no S3 request is signed for it."""
    if signed is None or signed.service != "sagemaker":
        return None
    path = _INVOKED.fullmatch(scope["path"])
    return path.group(1) if path else None


def _name_managed_key(scope: Scope, region: str, settings: Settings) -> Scope:
    """S3 with `aws:kms` and no key: AWS takes its managed key, MiniStack refuses. The SDK uploads its code this way."""
    if _header(scope, _ENCRYPTION) != b"aws:kms" or _header(scope, _KEY):
        return scope
    key = f"arn:aws:kms:{region}:{settings.account}:alias/aws/s3".encode()
    return {**scope, "headers": [*scope["headers"], (_KEY, key)]}


async def _respond(send: Send, status: int, content: bytes) -> None:
    await respond(send, status, {"content-type": "application/x-amz-json-1.1"}, content)
