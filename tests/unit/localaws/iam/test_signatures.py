"""What SDKs usually send is checked in a shorter way, with the same verdict."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer

from localaws import keys
from localaws.iam import signatures
from localaws.iam.signatures import RefusedError, Request, Signatures
from localaws.keys import Credentials
from localaws.settings import Settings

PATH, BODY = "/endpoints/any/./one/../%C3%BC%20b/invocations", b"pixels"
Headers = dict[str, str]
Change = Callable[[Headers], object]


@pytest.fixture
def root(settings: Settings) -> Credentials:
    return keys.ensure(settings)


def sign(root: Credentials, service: str) -> Headers:
    sent = {"Host": "127.0.0.1:45660", "Content-Type": "image/png", "X-Spaces": "a   b"}
    asked = AWSRequest("POST", f"http://127.0.0.1:45660{PATH}", sent, BODY)
    SigV4Auth(Signer(root.key, root.secret), service, "us-east-1").add_auth(asked)
    return {name.lower(): value for name, value in asked.headers.items()}


def verdict(knows: Signatures, headers: Headers, body: bytes, path: str) -> str:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"method": "POST", "path": path, "raw_path": path.encode(), "headers": sent}
    try:
        knows.check(Request.of(scope)).check_body(body)
    except RefusedError as refused:
        return refused.code
    return "admitted"


def replace(header: str, pattern: str, by: str) -> Change:
    def change(headers: Headers) -> None:
        headers[header] = re.sub(pattern, by, headers[header], count=1)

    return change


def late(seconds: int) -> Change:
    date = datetime.now(UTC) - timedelta(seconds=seconds)
    return lambda headers: headers.update({"x-amz-date": f"{date:%Y%m%dT%H%M%SZ}"})


CHANGES: dict[str, Change] = {
    "nothing": dict.copy,
    "signature": replace("authorization", r"(Signature=)..", r"\g<1>00"),
    "upper case": lambda headers: headers.update(authorization=headers["authorization"].replace("Signature=", "S=")),
    "key": replace("authorization", "Credential=.", "Credential=B"),
    "no key": replace("authorization", "Credential=[^/]+", "Credential="),
    "day": replace("authorization", r"/\d{8}/", "/20200101/"),
    "region": replace("authorization", "us-east-1", "eu-west-1"),
    "another service": replace("authorization", "/sagemaker/", "/logs/"),
    "s3": replace("authorization", "/sagemaker/", "/s3/"),
    "without the host": replace("authorization", "host;", ""),
    "another header signed": replace("authorization", "SignedHeaders=", "SignedHeaders=accept;"),
    "two ways": lambda headers: headers.update(authorization=f"{headers['authorization']}, Credential=a/b/c/d/e"),
    "no date": lambda headers: headers.pop("x-amz-date"),
    "no such date": lambda headers: headers.update({"x-amz-date": headers["x-amz-date"][:9] + "256199Z"}),
    "late": late(600),
    "a little late": late(30),
    "host": lambda headers: headers.update(host="localhost:45660"),
    "spaces": lambda headers: headers.update({"x-spaces": " a b "}),
    "unsigned header": lambda headers: headers.update(accept="*/*"),
    "token": lambda headers: headers.update({"x-amz-security-token": "any"}),
    "digest": lambda headers: headers.update({"x-amz-content-sha256": "0" * 64}),
    "no digest": lambda headers: headers.update({"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("body", [BODY, b"other"])
@pytest.mark.parametrize("service", ["sagemaker", "s3"])
def test_the_short_way_has_the_verdict_of_the_long_one(
    settings: Settings, root: Credentials, monkeypatch: pytest.MonkeyPatch, name: str, body: bytes, service: str
) -> None:
    knows = Signatures(root, settings.account)
    headers = sign(root, service)
    CHANGES[name](headers)
    verdicts = [verdict(knows, headers, body, path) for path in (PATH, "/other")]
    monkeypatch.setattr(Signatures, "_check_usual", lambda *_: None)
    assert verdicts == [verdict(knows, headers, body, path) for path in (PATH, "/other")]
    if service == "sagemaker":
        good = body == BODY and name in ("nothing", "spaces", "unsigned header")
        assert (verdicts[0] == "admitted") is good
        assert verdicts[1] != "admitted"


def test_what_sdks_send_goes_the_short_way(
    settings: Settings, root: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = sign(root, "sagemaker")
    monkeypatch.setattr(signatures.sigv4, "parse_header_signature", None)
    assert verdict(Signatures(root, settings.account), headers, BODY, PATH) == "admitted"
