"""The gate: who has no key of this installation gets AWS's refusal from every service, in the words of its protocol."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials as Signer
from botocore.exceptions import ClientError
from ministack.services import iam, sts

from localaws import keys
from localaws.iam.gate import Gate
from localaws.keys import Credentials
from localaws.ministack import identity
from localaws.settings import Settings

ENDPOINT = "http://127.0.0.1:45660"
TEST, NUMBER, UNKNOWN = (Credentials(name, "test") for name in ("test", "000000000000", "AKIAIOSFODNN7EXAMPLE"))
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("sts", "get_caller_identity", {}),
    ("iam", "list_users", {}),
    ("cloudformation", "list_stacks", {}),
    ("sns", "list_topics", {}),
    ("sqs", "list_queues", {}),
    ("cloudwatch", "list_metrics", {}),
    ("s3", "list_buckets", {}),
    ("s3", "put_object", {"Bucket": "images", "Key": "a b/ü?.png", "Body": b"pixels"}),
    ("lambda", "list_functions", {}),
    ("lambda", "invoke", {"FunctionName": "any", "Payload": b"{}"}),
    ("logs", "describe_log_groups", {}),
    ("stepfunctions", "list_state_machines", {}),
    ("events", "list_rules", {}),
    ("ecr", "describe_repositories", {}),
    ("sagemaker", "list_models", {}),
    ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "any", "Body": b"pixels"}),
    ("codebuild", "list_projects", {}),
    ("codecommit", "list_repositories", {}),
    ("application-autoscaling", "describe_scalable_targets", {"ServiceNamespace": "sagemaker"}),
    ("scheduler", "list_schedules", {"NamePrefix": "a"}),
]
QUERY = {"sts", "iam", "cloudformation", "sns", "sqs", "cloudwatch"}


class AdmittedError(Exception):
    """The request went through the gate; with what it then reads."""

    def __init__(self, scope: dict[str, Any], body: bytes) -> None:
        super().__init__("admitted")
        self.scope = scope
        self.body = body


class _Raw(io.BytesIO):
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


class Door:
    """A gate that boto3's clients knock at, each request as it would be sent."""

    def __init__(self, settings: Settings, root: Credentials) -> None:
        self.gate = Gate(settings, root)
        self.root = root

    def knock(self, scope: dict[str, Any], *parts: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a refusal; raises AdmittedError where there is none."""
        messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        messages.append({"type": "http.request", "body": b"", "more_body": False})
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def come() -> None:
            admitted = await self.gate.admit(scope, receive, send)
            if admitted:
                body, more = b"", True
                while more:
                    message = await admitted[1]()
                    body, more = body + message["body"], message["more_body"]
                raise AdmittedError(admitted[0], body)

        asyncio.run(come())
        headers = {name.decode(): value.decode() for name, value in sent[0].get("headers", [])}
        return sent[0].get("status", sent[0].get("code")), headers, sent[1]["body"] if sent[1:] else b""

    def client(self, service: str, who: Credentials, **config: Any) -> Any:
        """A client of boto3 whose requests come to the gate instead of a port."""
        made = boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=ENDPOINT,
            aws_access_key_id=who.key,
            aws_secret_access_key=who.secret,
            aws_session_token=who.token,
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, **config),
        )
        made.meta.events.register("before-send", self._answer)
        return made

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
        status, headers, said = self.knock(scope_of(request.method, request.url, request.headers), content)
        return AWSResponse(request.url, status, headers, _Raw(said))


def scope_of(method: str, url: str, headers: Any, kind: str = "http") -> dict[str, Any]:
    """The ASGI scope of a request that a client has prepared."""
    parts = urlsplit(url)
    named = {"host": parts.netloc, **{name.lower(): value for name, value in headers.items()}}
    encoded = [
        (name.encode(), value if isinstance(value, bytes) else str(value).encode()) for name, value in named.items()
    ]
    place = {"path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode()}
    return {"type": kind, "method": method, "headers": encoded, **place}


def signed(who: Credentials, body: bytes = b"", service: str = "codecommit", path: str = "/") -> dict[str, Any]:
    """The scope of a POST that is signed."""
    asked = AWSRequest("POST", f"{ENDPOINT}{path}", {}, body)
    SigV4Auth(Signer(who.key, who.secret, who.token), service, "us-east-1").add_auth(asked)
    return scope_of("POST", asked.url, asked.headers)


@pytest.fixture
def root(settings: Settings) -> Iterator[Credentials]:
    yield keys.ensure(settings)
    sts.reset()


@pytest.fixture
def door(settings: Settings, root: Credentials) -> Door:
    return Door(settings, root)


def refused(door: Door, call: tuple[str, str, dict[str, Any]], who: Credentials) -> tuple[str, int]:
    """Code and status of what botocore reads in the refusal of a call."""
    service, operation, members = call
    with pytest.raises(ClientError) as caught:
        getattr(door.client(service, who), operation)(**members)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def expected(service: str, of_queries: str, of_s3: str, of_others: str) -> str:
    """The code of a service's protocol."""
    return of_queries if service in QUERY else of_s3 if service == "s3" else of_others


@pytest.mark.parametrize("who", [TEST, NUMBER, UNKNOWN], ids=["test", "account", "unknown"])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}-{call[1]}")
def test_a_stranger_is_refused_by_every_service_in_aws_s_words(
    door: Door, call: tuple[str, str, dict[str, Any]], who: Credentials
) -> None:
    code = expected(call[0], "InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException")
    assert refused(door, call, who)[0] == code


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}-{call[1]}")
def test_who_knows_the_key_but_not_its_secret_is_refused(door: Door, call: tuple[str, str, dict[str, Any]]) -> None:
    code = expected(call[0], *("SignatureDoesNotMatch",) * 2, "InvalidSignatureException")
    assert refused(door, call, Credentials(door.root.key, "guessed"))[0] == code


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}-{call[1]}")
def test_the_installations_key_opens_every_service(door: Door, call: tuple[str, str, dict[str, Any]]) -> None:
    with pytest.raises(AdmittedError) as admitted:
        getattr(door.client(call[0], door.root), call[1])(**call[2])
    given = call[2].get("Body", call[2].get("Payload"))
    assert given is None or given in admitted.value.body


def test_a_role_s_session_is_admitted_with_its_token_alone(door: Door) -> None:
    session = Credentials(*identity.issue("pipeline", "sagemaker", "000000000000"))
    with pytest.raises(AdmittedError):
        door.client("sagemaker", session).list_models()
    for token, code in ((None, "InvalidClientTokenId"), ("another", "InvalidClientTokenId")):
        assert refused(door, CALLS[0], Credentials(session.key, session.secret, token))[0] == code
    sts._sessions[session.key]["Expiration"] = 1
    assert refused(door, CALLS[0], session)[0] == "ExpiredToken"


def test_a_users_key_is_admitted_while_it_is_active(door: Door) -> None:
    iam._access_keys["AKIAUSERUSERUSER"] = {"SecretAccessKey": "users", "UserName": "reader", "Status": "Active"}
    reader = Credentials("AKIAUSERUSERUSER", "users")
    try:
        with pytest.raises(AdmittedError):
            door.client("sagemaker", reader).list_models()
        iam._access_keys["AKIAUSERUSERUSER"]["Status"] = "Inactive"
        assert refused(door, CALLS[0], reader) == ("InvalidClientTokenId", 403)
    finally:
        del iam._access_keys["AKIAUSERUSERUSER"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", "/2015-03-31/functions"),
        ("POST", "/_localaws/received"),
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/health"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("PUT", "/_ministack/cfn-response/guessed"),
        ("PUT", "/_ministack/cfn-response/../reset"),
        ("POST", "/endpoints/scones/invocations"),
        ("GET", "/_localaws/else"),
    ],
)
def test_nothing_that_says_nobody_s_name_comes_through(door: Door, method: str, path: str) -> None:
    for headers in ({}, {"X-Amz-Target": "SageMaker.ListModels"}, {"Authorization": "Bearer x"}, {"Authorization": ""}):
        assert door.knock(scope_of(method, f"{ENDPOINT}{path}", headers), b"{}")[0] in (400, 403)


@pytest.mark.parametrize(
    ("service", "said"),
    [("sts", b"<Code>MissingAuthenticationToken</Code>"), ("sagemaker", b'"MissingAuthenticationTokenException"')],
)
def test_a_request_without_credentials_misses_its_token(door: Door, service: str, said: bytes) -> None:
    names = {"sts": {"Content-Type": "application/x-www-form-urlencoded"}, "sagemaker": {"X-Amz-Target": "SageMaker.X"}}
    status, _, body = door.knock(scope_of("POST", f"{ENDPOINT}/", names[service]), b"Action=GetCallerIdentity")
    assert (status in (400, 403), said in body) == (True, True)


def test_an_object_is_nobody_s_without_credentials(door: Door) -> None:
    status, headers, body = door.knock(scope_of("GET", f"{ENDPOINT}/images/a.png", {}))
    assert (status, headers["content-type"]) == (403, "application/xml")
    assert b"<Code>AccessDenied</Code>" in body


def address(door: Door, who: Credentials, version: str, seconds: int = 60) -> str:
    """A signed address of an object."""
    made = door.client("s3", who, signature_version=version)
    found: str = made.generate_presigned_url(
        "get_object", Params={"Bucket": "images", "Key": "a b.png"}, ExpiresIn=seconds
    )
    return found


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_signed_address_is_good_for_its_request_and_time(door: Door, version: str) -> None:
    mine = address(door, door.root, version)
    with pytest.raises(AdmittedError):
        door.knock(scope_of("GET", mine, {}))
    for method, url, code in (
        ("PUT", mine, b"SignatureDoesNotMatch"),
        ("GET", mine.replace("a%20b", "another"), b"SignatureDoesNotMatch"),
        ("GET", address(door, Credentials(door.root.key, "guessed"), version), b"SignatureDoesNotMatch"),
        ("GET", address(door, TEST, version), b"InvalidAccessKeyId"),
        ("GET", address(door, NUMBER, version), b"InvalidAccessKeyId"),
        ("GET", address(door, door.root, version, -5), b"AccessDenied" if version == "s3" else b"AuthorizationHeader"),
    ):
        status, _, said = door.knock(scope_of(method, url, {}))
        assert (status in (400, 403), code in said) == (True, True), (url, said)


def test_an_address_that_was_good_has_expired(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: datetime.now(UTC) - timedelta(minutes=2))
    status, _, said = door.knock(scope_of("GET", address(door, door.root, "s3v4"), {}))
    assert (status, b"Request has expired" in said) == (403, True)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_request_of_another_time_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: moment)
    assert refused(door, CALLS[0], door.root) == ("SignatureDoesNotMatch", 403)
    assert refused(door, ("s3", "list_buckets", {}), door.root) == ("RequestTimeTooSkewed", 403)


@pytest.mark.parametrize("service", ["sagemaker", "s3"])
def test_a_body_that_is_not_the_signed_one_is_refused(door: Door, service: str) -> None:
    digest = {} if service == "sagemaker" else {"X-Amz-Content-SHA256": "0" * 64}
    asked = AWSRequest("POST", f"{ENDPOINT}/images", digest, b"signed")
    SigV4Auth(Signer(door.root.key, door.root.secret), service, "us-east-1").add_auth(asked)
    status, _, said = door.knock(scope_of("POST", asked.url, asked.headers), b"changed")
    assert (status, b"ignature" in said) == (403, True)


def test_an_unsigned_body_is_not_read_without_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localaws.iam.gate._MOST_UNKNOWN", 10)
    assert door.knock(signed(door.root, b"x" * 16), b"x" * 8, b"x" * 8)[0] == 403


def test_a_stream_with_its_checksum_behind_it_comes_through(door: Door) -> None:
    stream = io.BytesIO(b"pixels" * 100)
    s3 = door.client("s3", door.root)
    with pytest.raises(AdmittedError):
        s3.upload_part(Bucket="images", Key="a", UploadId="1", PartNumber=1, Body=stream, ChecksumAlgorithm="CRC32")


def test_a_large_body_is_held_against_its_digest(door: Door) -> None:
    with pytest.raises(AdmittedError) as admitted:
        door.client("s3", door.root).put_object(Bucket="images", Key="a", Body=b"x" * 3_000_000)
    assert len(admitted.value.body) == 3_000_000


def test_only_one_way_to_sign_may_be_used(door: Door) -> None:
    good = signed(door.root)
    beside = {**good, "query_string": b"X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request"}
    name, value = next(pair for pair in good["headers"] if pair[0] == b"authorization")
    others = [pair for pair in good["headers"] if pair[0] != b"authorization"]
    doubled = {**good, "headers": [*others, (name, b"AWS4-HMAC-SHA256 Credential=test/1/2/3/4, x=1"), (name, value)]}
    within = {**good, "headers": [*others, (name, b"AWS4-HMAC-SHA256 Credential=test/1, " + value.split(b" ", 1)[1])]}
    for scope in (beside, doubled, within):
        assert door.knock(scope)[0] in (400, 403)
    with pytest.raises(AdmittedError):
        door.knock(good)


def test_a_push_is_told_of_by_the_installation_alone(door: Door, settings: Settings) -> None:
    from localaws.push.following import _signed

    asked = _signed(settings, b"{}")
    with pytest.raises(AdmittedError):
        door.knock(scope_of("POST", asked.full_url, dict(asked.header_items())), b"{}")


ANSWER = "/_ministack/cfn-response/0f8fad5b-d9cb-469f-a165-70867728950e"
TOKEN = b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=a.b.c"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def test_a_custom_resource_answers_its_address_and_brings_nothing_else(door: Door) -> None:
    with pytest.raises(AdmittedError) as admitted:
        door.knock(
            scope_of("PUT", f"{ENDPOINT}{ANSWER}", {"X-Amz-Target": "SageMaker.X", "Content-Length": "2"}), b"{}"
        )
    assert {name for name, _ in admitted.value.scope["headers"]} == {b"host", b"content-length"}
    assert door.knock(scope_of("PUT", f"{ENDPOINT}{ANSWER}", {}), *[b"x" * 100_000] * 3)[0] == 403
    for url in (f"{ENDPOINT}{ANSWER}?Action=X", f"http://api.execute-api.localhost:45660{ANSWER}"):
        assert door.knock(scope_of("PUT", url, {}), b"{}")[0] == 403


@pytest.fixture
def enforcing(settings: Settings, root: Credentials) -> Door:
    return Door(Settings(settings.port, settings.home, enforce_iam=True), root)


def test_a_web_identity_s_token_is_its_credential_where_tokens_are_verified(door: Door, enforcing: Door) -> None:
    asked = scope_of("POST", f"{ENDPOINT}/", FORM)
    with pytest.raises(AdmittedError) as admitted:
        enforcing.knock(asked, TOKEN)
    assert admitted.value.body == TOKEN
    status, _, said = door.knock(asked, TOKEN)
    assert (status, b"SCONES_ENFORCE_IAM=true" in said) == (403, True)


CONFIRM = b"Action=ConfirmSubscription&Version=2010-03-31&TopicArn=arn&Token=abc"


def test_who_has_the_mail_confirms_without_credentials_unless_to_end_it_shall_need_some(door: Door) -> None:
    asked = scope_of("POST", f"{ENDPOINT}/", FORM)
    for body in (CONFIRM, CONFIRM + b"&AuthenticateOnUnsubscribe=false"):
        with pytest.raises(AdmittedError):
            door.knock(asked, body)
    assert door.knock(asked, CONFIRM + b"&AuthenticateOnUnsubscribe=true")[0] in (400, 403)
    assert door.knock(asked, CONFIRM + b"&Action=Publish")[0] in (400, 403)


@pytest.mark.parametrize(
    ("url", "headers", "body"),
    [
        (f"{ENDPOINT}/", FORM, TOKEN + b"&Action=CreateUser"),
        (f"{ENDPOINT}/", FORM, b"Action=GetCallerIdentity&Also=AssumeRoleWithWebIdentity"),
        (f"{ENDPOINT}/?Action=CreateUser", FORM, TOKEN),
        ("http://api.execute-api.localhost:45660/", FORM, TOKEN),
        (f"{ENDPOINT}/", {"X-Amz-Target": "SageMaker.ListModels"}, TOKEN),
        (f"{ENDPOINT}/", FORM, TOKEN + b"x" * 300_000),
    ],
)
def test_nothing_else_passes_for_a_web_identity(
    enforcing: Door, url: str, headers: dict[str, str], body: bytes
) -> None:
    assert enforcing.knock(scope_of("POST", url, headers), body)[0] in (400, 403)


def test_a_web_socket_needs_a_signature_as_well(door: Door) -> None:
    assert door.knock(scope_of("GET", f"{ENDPOINT}/_aws/execute-api/a/b", {}, "websocket"))[0] == 1008


@pytest.mark.parametrize("who", [TEST, UNKNOWN])
def test_an_open_local_aws_takes_any_credentials_and_none(
    settings: Settings, root: Credentials, who: Credentials
) -> None:
    opened = Door(Settings(settings.port, settings.home, open_to_all=True), root)
    for scope in (signed(who), scope_of("POST", f"{ENDPOINT}/", {})):
        with pytest.raises(AdmittedError):
            opened.knock(scope, b"")


def test_ministack_knows_the_key_as_root(door: Door) -> None:
    caller: Callable[..., Any] = sts._caller_identity
    authorization = f"AWS4-HMAC-SHA256 Credential={door.root.key}/20260101/us-east-1/sts/aws4_request"
    assert caller({"authorization": authorization}, {})["userArn"] == "arn:aws:iam::000000000000:root"
    assert identity.is_root(door.root.key)
    assert door.root.secret not in json.dumps(sts.get_state())
