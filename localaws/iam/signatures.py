"""Who has signed a request: the access key that it names must be of this installation, and the signature its owner's.

A request is checked twice: its head before anything of its body is read, and the body once it is whole. Signatures
are computed by MiniStack's own primitives; its evaluator asks for none where IAM is not enforced, and lets everybody
who says `test` in as the account's root.
https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, quote

from ministack import app
from ministack.core import iam_evaluator, responses, sigv4
from ministack.services import sts

from localaws.keys import Credentials

V4 = "AWS4-HMAC-SHA256"
# What a query must not name twice, however it is written: MiniStack reads one of them, and we another.
READS = {
    app: ("_extract_s3_vhost_bucket",),
    iam_evaluator: (
        *("AmbiguousAccessKeyError", "AuthError", "CredentialResolutionError", "SignedRequest", "_sigv2_check"),
        *("find_iam_access_key_account", "is_root_access_key", "resolve_credential"),
    ),
    responses: ("_account_from_sts_session",),
    sigv4: (
        *("SIGNATURE_MISMATCH", "_amz_datetime", "_cached_signing_key", "_chunk_signatures_match"),
        *("_remove_dot_segments", "build_string_to_sign", "uri_encode"),
        *(
            "header_signing_documents",
            "parse_header_signature",
            "parse_query_signature",
            "presigned_request_is_expired",
        ),
        "request_time_failure",
    ),
    sts: ("_sessions", "register_session"),
}

_OF_QUERIES = (
    "x-amz-credential",
    "x-amz-signature",
    "x-amz-algorithm",
    "x-amz-security-token",
    "awsaccesskeyid",
    "signature",
)
_CLAIMING = ("x-amz-credential", "x-amz-signature", "x-amz-algorithm", "awsaccesskeyid")
_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
_LONGEST_SECONDS = 7 * 24 * 3_600
_RECENT = timedelta(minutes=4)  # services take requests that are five or fifteen minutes from their clock
# What SDKs send to all services but S3, whose requests name their body's digest and whose paths are as written.
_USUAL = re.compile(
    rf"{V4} Credential=([^/,= ]+)/(\d{{8}})/([^/,= ]+)/((?!s3/)[^/,= ]+)/aws4_request, "
    r"SignedHeaders=([a-z0-9-]+(?:;[a-z0-9-]+)*), Signature=([0-9a-f]{64})",
    re.ASCII,
)
_UNUSUAL = {"x-amz-content-sha256", "x-amz-security-token"}


class RefusedError(Exception):
    """A request whose sender is unknown. `code` is MiniStack's, which each service's protocol has its own words for."""

    def __init__(
        self, code: str, message: str, service: str = "", form: Mapping[str, list[str]] = MappingProxyType({})
    ) -> None:
        super().__init__(message)
        self.form = form  # the body of a form, where it was read: it names the operation
        self.code = code
        self.message = message
        self.service = service


@dataclass(frozen=True)
class Request:
    """The head of an HTTP request, as it was sent."""

    method: str
    path: str  # as it is written, with its percent signs
    query: dict[str, list[str]]
    headers: dict[str, str]
    authorizations: int
    claims: list[str]
    """The names in the query that say who asks, in lower case."""

    @classmethod
    def of(cls, scope: dict[str, Any]) -> Request:
        """From an ASGI scope; a web socket's is a GET."""
        headers: dict[str, str] = {}
        authorizations = 0
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), _text(value)
            headers[key] = f"{headers[key]},{text}" if key in headers else text
            authorizations += key == "authorization"
        query_string = scope.get("query_string", b"").decode("utf-8", "replace")
        query = parse_qs(query_string, keep_blank_values=True) if query_string else {}
        return cls(
            scope.get("method", "GET"),
            (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1"),
            query,
            headers,
            authorizations,
            [name.lower() for name, values in query.items() for _ in values if name.lower() in _OF_QUERIES],
        )

    @property
    def is_anonymous(self) -> bool:
        """Whether it says nothing of who sends it."""
        return "authorization" not in self.headers and not set(self.claims) & set(_CLAIMING)


@dataclass(frozen=True)
class Signed:
    """A request whose head is signed by an owner of a key; `check_body` is for when its body has been read."""

    service: str
    check_body: Callable[[bytes], None]
    complete: bool = True  # False where only the body shows whether the signature is right


class Signatures:
    """Knows the installation's key, and asks MiniStack for those that it has issued. For MiniStack's own thread."""

    def __init__(self, root: Credentials, account: str) -> None:
        self._root = root
        self._account = account

    def check(self, request: Request) -> Signed:
        """Raise RefusedError where a request that names a key is not signed by one that the local AWS knows."""
        if usual := self._check_usual(request):
            return usual
        authorization = request.headers.get("authorization", "")
        if authorization and (request.claims or request.authorizations > 1 or authorization.count("Credential=") > 1):
            raise RefusedError("UnsupportedSignature", "Only one of the ways to sign a request may be used.")
        if len(request.claims) != len(set(request.claims)):
            raise RefusedError("UnsupportedSignature", "The query names what it is signed with more than once.")
        if authorization.startswith(f"{V4} ") or "x-amz-algorithm" in request.claims:
            return self._check_v4(request, in_query=not authorization)
        if "awsaccesskeyid" in request.claims and "signature" in request.claims:
            return self._check_v2(request)
        raise RefusedError("UnsupportedSignature", f"The local AWS takes requests that are signed by {V4}.")

    def _check_usual(self, request: Request) -> Signed | None:
        """What `_check_v4` takes as well, in half the time: the root's key in the form that SDKs write."""
        found = _USUAL.fullmatch(request.headers.get("authorization", ""))
        if not found or request.query or not _UNUSUAL.isdisjoint(request.headers):
            return None
        key, day, region, service, names, signature = found.groups()
        date, signed = request.headers.get("x-amz-date", ""), names.split(";")
        signed_at = _read_date(date)
        if (
            key != self._root.key
            or "host" not in signed
            or date[:8] != day
            or signed_at is None
            or abs(datetime.now(UTC) - signed_at) >= _RECENT
        ):
            return None
        self.introduce()
        signing = sigv4._cached_signing_key(self._root.secret, day, region, service)

        def check_body(body: bytes) -> None:
            headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed)
            path, digest = _write_path(request.path), hashlib.sha256(body).hexdigest()
            canonical = f"{request.method}\n{path}\n\n{headers}\n{names}\n{digest}"
            text = sigv4.build_string_to_sign(date, day, region, service, canonical)
            if not hmac.compare_digest(hmac.digest(signing, text.encode(), "sha256").hex(), signature):
                raise RefusedError("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH, service)

        return Signed(service, check_body, complete=False)

    def _check_v4(self, request: Request, *, in_query: bool) -> Signed:
        if in_query and _value(request, "X-Amz-Algorithm") != V4:
            raise RefusedError("UnsupportedSignature", f"The local AWS takes requests that are signed by {V4}.")
        claimed = (
            sigv4.parse_query_signature(request.query) if in_query else sigv4.parse_header_signature(request.headers)
        )
        if isinstance(claimed, tuple):
            raise RefusedError(claimed[0], claimed[1])
        service = claimed.service
        token = _value(request, "X-Amz-Security-Token") if in_query else request.headers.get("x-amz-security-token", "")
        owner = self._owner(claimed.access_key_id, token, service)
        self._check_time(request, claimed, in_query=in_query)
        if claimed.date_stamp != claimed.amz_date[:8]:
            raise RefusedError("CredentialDateMismatch", "Date in Credential scope does not match X-Amz-Date.", service)
        if "host" not in claimed.signed_headers.split(";"):
            raise RefusedError("IncompleteSignature", "'Host' must be a 'SignedHeader' in the Authorization.", service)
        return self._signed(request, claimed, owner, in_query=in_query)

    def _signed(self, request: Request, claimed: Any, owner: str, *, in_query: bool) -> Signed:  # noqa: ANN401
        said = request.headers.get("x-amz-content-sha256", "")
        key = sigv4._cached_signing_key(owner, claimed.date_stamp, claimed.region, claimed.service)

        def check_head(body: bytes) -> str:
            _, text = sigv4.header_signing_documents(
                claimed, request.method, request.path, request.query, request.headers, body, presigned=in_query
            )
            computed = hmac.digest(key, text.encode(), "sha256").hex()
            if not hmac.compare_digest(computed.encode(), claimed.signature.encode()):
                raise RefusedError("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH, claimed.service)
            return computed

        if not said and not (in_query and claimed.service == "s3"):
            return Signed(claimed.service, lambda body: void(check_head(body)), complete=False)
        seed = check_head(b"")

        def check_body(body: bytes) -> None:
            if said.startswith(_CHUNKS) and not sigv4._chunk_signatures_match(body, seed, claimed, key):
                raise RefusedError("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH, claimed.service)
            if len(said) == 64 and hashlib.sha256(body).hexdigest() != said:
                raise RefusedError("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH, claimed.service)

        return Signed(claimed.service, check_body)

    def _check_v2(self, request: Request) -> Signed:
        """An address of S3 that boto3 signs, which takes the old way by default."""
        key = _value(request, "AWSAccessKeyId")
        self._owner(key, _value(request, "x-amz-security-token"), "s3")
        bucket = app._extract_s3_vhost_bucket(request.headers.get("host", ""))
        path = f"/{bucket}{request.path}" if bucket else request.path
        asked = iam_evaluator.SignedRequest(
            key, request.method, request.path, request.query, request.headers, sigv2=True, auth_path=path
        )
        found = iam_evaluator._sigv2_check(asked, self._account)
        if isinstance(found, iam_evaluator.AuthError):
            code = "RequestExpired" if "expired" in found.message else found.code
            raise RefusedError(code, found.message, "s3")
        return Signed("s3", lambda _: None)

    def _owner(self, key: str, token: str, service: str) -> str:
        """The secret of a key that the installation has, or has issued; raises RefusedError for all others."""
        if key == self._root.key:
            self.introduce()
            if not token:
                return self._root.secret
        unknown = RefusedError(
            "InvalidClientTokenId", "The security token included in the request is invalid.", service
        )
        if key != self._root.key and iam_evaluator.is_root_access_key(key):
            raise unknown  # what MiniStack takes for root: no key, `test`, and the number of an account
        try:
            account = (
                responses._account_from_sts_session(key)
                or iam_evaluator.find_iam_access_key_account(key)
                or self._account
            )
        except iam_evaluator.AmbiguousAccessKeyError:
            raise unknown from None
        found = iam_evaluator.resolve_credential(key, account, token)
        if isinstance(found, iam_evaluator.CredentialResolutionError):
            # A session's key without its token is an unknown one.
            if found.code == "InvalidToken" and not token:
                raise unknown
            raise RefusedError(found.code, found.message, service)
        return str(found.secret_access_key)

    def introduce(self) -> None:
        """Let MiniStack know the installation's key as the account's root, for what it signs and checks itself."""
        if self._root.key not in sts._sessions:
            session = {
                "Arn": f"arn:aws:iam::{self._account}:root",
                "UserId": self._account,
                "PrincipalType": "Root",
                "SecretAccessKey": self._root.secret,
            }
            sts.register_session(self._root.key, session)

    @staticmethod
    def _check_time(request: Request, claimed: Any, *, in_query: bool) -> None:  # noqa: ANN401 - MiniStack's own
        expires = _value(request, "X-Amz-Expires") if in_query else ""
        signed_at = sigv4._amz_datetime(claimed.amz_date)
        if signed_at is None:
            raise RefusedError("IncompleteSignature", "Date must be in ISO-8601 'basic format'.", claimed.service)
        if not in_query and abs(datetime.now(UTC) - signed_at) < _RECENT:
            return  # every service takes it
        late = sigv4.request_time_failure(claimed)
        if expires:
            if not expires.isdecimal() or not 0 <= int(expires) <= _LONGEST_SECONDS:
                sentence = f"X-Amz-Expires must be a number of seconds up to {_LONGEST_SECONDS}."
                raise RefusedError("IncompleteSignature", sentence, claimed.service)
            late = late if late and "not yet current" in late[1] else None
            if sigv4.presigned_request_is_expired(claimed.amz_date, expires):
                raise RefusedError("RequestExpired", "Request has expired", claimed.service)
        elif in_query and claimed.service == "s3":
            raise RefusedError("IncompleteSignature", "An address that is signed needs X-Amz-Expires.", claimed.service)
        if late:
            raise RefusedError(late[0], late[1], claimed.service)


@lru_cache(maxsize=64)
def _read_date(date: str) -> datetime | None:
    """The time in `x-amz-date`, which all requests of a second share."""
    read: datetime | None = sigv4._amz_datetime(date)
    return read


@lru_cache(maxsize=256)
def _write_path(path: str) -> str:
    """A path as it is signed, of a service that is not S3."""
    return str(sigv4.uri_encode(sigv4._remove_dot_segments(path), encode_slash=False))


def void(_: object) -> None:
    """Take an answer that nobody needs."""


def _value(request: Request, name: str) -> str:
    """A member of the query under either spelling, as MiniStack reads it."""
    return (request.query.get(name) or request.query.get(name.lower()) or [""])[0]


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
