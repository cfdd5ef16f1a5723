"""The gate of the port: a request passes with a signature of a key that this installation has, or has issued.

Every user of a machine reaches 127.0.0.1, and the local AWS runs code that it is sent. So each request of every service
is asked who sent it, before anything else reads it. What needs no signature on AWS either is listed here, and nothing
else is let through without one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from ministack.core import router

from localaws.asgi import Message, Receive, Scope, Send, read_body, respond
from localaws.iam.signatures import RefusedError, Request, Signatures, Signed
from localaws.keys import Credentials
from localaws.ministack.errors import build_refusal
from localaws.settings import Settings

READS = {router: ("detect_service",)}

# Read before it is known who sent it: what only the body shows to be signed. Lambda takes 50 MB of code, in base64.
_MOST_UNKNOWN = 100 * 1024 * 1024
_MOST_ANONYMOUS = 256 * 1024
_BESIDE_THE_LOOP = 1024 * 1024  # bytes to hash while nothing else is answered
# The address that CloudFormation gives a custom resource's function, as AWS gives it one of S3 that is signed: who
# knows the random number in it was asked. MiniStack draws it by uuid4, and forgets it once it is answered.
_ANSWER = re.compile(r"/_ministack/cfn-(response|signal)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The token is who asks: one that a provider has signed, and one that was sent to who is subscribed.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
# https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
_BY_TOKEN = (["AssumeRoleWithWebIdentity"], ["ConfirmSubscription"])
_PLAIN_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
_FORM = "application/x-www-form-urlencoded"
_OURS = "sagemaker"


class Gate:
    """Asks each request who sent it."""

    def __init__(self, settings: Settings, root: Credentials) -> None:
        self._settings = settings
        self._signatures = Signatures(root, settings.account)
        self._signatures.introduce()

    async def admit(self, scope: Scope, receive: Receive, send: Send) -> tuple[Scope, Receive] | None:
        """The request as what follows may read it; None where it was refused, and is answered."""
        if self._settings.open_to_all or scope["type"] not in ("http", "websocket"):
            return scope, receive
        request = Request.of(scope)
        try:
            if request.is_anonymous:
                return await self._admit_anonymous(request, scope, receive)
            return scope, await self._read(self._signatures.check(request), scope, receive)
        except RefusedError as refused:
            await _refuse(refused, request, scope, send)
        return None

    async def _read(self, signed: Signed, scope: Scope, receive: Receive) -> Receive:
        """The body once more, for who comes next, after it was held against the signature."""
        if scope["type"] == "websocket":
            signed.check_body(b"")
            return receive
        body = await _body(receive, float("inf") if signed.complete else _MOST_UNKNOWN, signed.service)
        if len(body) > _BESIDE_THE_LOOP:
            await asyncio.to_thread(signed.check_body, body)
        else:
            signed.check_body(body)
        return _again(body, receive)

    async def _admit_anonymous(self, request: Request, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """What AWS takes without a signature, as far as the local AWS knows whom it means."""
        missing = RefusedError("MissingAuthenticationToken", "Request is missing Authentication Token")
        if scope["type"] != "http" or not _PLAIN_HOST.fullmatch(request.headers.get("host", "")) or request.query:
            raise missing
        if request.method == "PUT" and _ANSWER.fullmatch(request.path):
            return _bare(scope), _again(await _body(receive, _MOST_ANONYMOUS), receive)
        if (request.method, request.path) != ("POST", "/") or not request.headers.get("content-type", "").startswith(
            _FORM
        ):
            raise missing
        body = await _body(receive, _MOST_ANONYMOUS)
        form = parse_qs(body.decode("utf-8", "replace"))
        if form.get("Action") not in _BY_TOKEN or form.get("AuthenticateOnUnsubscribe", ["false"]) != ["false"]:
            raise RefusedError(missing.code, missing.message, form=form)
        if form["Action"] == ["AssumeRoleWithWebIdentity"] and not self._settings.enforce_iam:
            # MiniStack would take any token at its word.
            sentence = (
                "The local AWS verifies tokens only where IAM is enforced: start it with SCONES_ENFORCE_IAM=true."
            )
            raise RefusedError("MissingAuthenticationToken", sentence, form=form)
        return _bare(scope, b"content-type"), _again(body, receive)


def _bare(scope: Scope, *kept: bytes) -> Scope:
    """The request without headers that lead it to another service than the one it was let through for."""
    names = (b"host", b"content-length", b"transfer-encoding", b"user-agent", *kept)
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name.lower() in names]}


async def _body(receive: Receive, most: float, service: str = "") -> bytes:
    body = await read_body(receive, most)
    if len(body) > most:
        sentence = f"Without a signature of its digest, a body has at most {most} bytes here."
        raise RefusedError("SignatureDoesNotMatch", sentence, service)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """An ASGI `receive` that begins with a body that was read already."""
    first = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again


async def _refuse(refused: RefusedError, request: Request, scope: Scope, send: Send) -> None:
    """Answer in the protocol of the service that was asked, with the code that AWS's has."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": refused.message[:100]})
        return
    service = refused.service or _service(request, refused.form)
    status, headers, body = build_refusal(service, refused.code, refused.message, request.headers)
    await respond(send, status, headers, b"" if request.method == "HEAD" else body)


def _service(request: Request, form: Mapping[str, list[str]]) -> str:
    """The service whose protocol a request speaks that names none by its signature, as far as MiniStack can tell."""
    if "x-amz-target" in request.headers:
        return _OURS  # a JSON protocol, all of which refuse alike
    # Without the signature: for a name that it does not know, MiniStack reads the models of all services for seconds.
    return str(
        router.detect_service(request.method, request.path, {"host": request.headers.get("host", "")}, dict(form))
    )
