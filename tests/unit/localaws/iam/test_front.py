"""Requests at the front door where IAM is enforced: who sends them, and what they may do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer

from localaws.front import Front
from localaws.iam.authority import Authority
from localaws.keys import Credentials

if TYPE_CHECKING:
    from localaws.aws import Aws

SAGEMAKER = "sagemaker.amazonaws.com"
ROOT = Credentials("test", "test")  # who is taken for root by MiniStack; the gate lets nobody of that name in
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(aws: Aws) -> Ask:
    """Send a signed request to a front that enforces IAM; answers status and document."""
    front = Front(replace(aws, settings=replace(aws.settings, enforce_iam=True)), nobody)

    def send(who: Credentials, body: bytes, path: str = "/", target: str = "", signed: bytes | None = None) -> Any:
        headers = {"Host": "127.0.0.1:45660", **({"X-Amz-Target": target} if target else {})}
        request = AWSRequest("POST", f"http://127.0.0.1:45660{path}", headers, signed if signed is not None else body)
        SigV4Auth(Signer(who.key, who.secret, who.token), "sagemaker", "us-east-1").add_auth(request)
        named = [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": named}
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"body": body, "more_body": False}

        async def note(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(front(scope, receive, note))
        return sent[0]["status"], json.loads(sent[1]["body"])

    return send


async def nobody(*_: object) -> None:
    raise AssertionError("MiniStack was asked")


@pytest.fixture
def role(aws: Aws, make_role: Callable[..., str]) -> Credentials:
    """Who may list and describe models, and ask the endpoint `scones`."""

    made = make_role("asker", SAGEMAKER, "sagemaker:ListModels", "sagemaker:InvokeEndpoint")
    return Authority(aws.settings).clients(made).credentials


def test_root_may_do_everything(ask: Ask) -> None:
    assert ask(ROOT, b"{}", target="SageMaker.ListModels") == (200, {"Models": []})


def test_a_role_may_do_what_it_is_allowed(ask: Ask, role: Credentials) -> None:
    assert ask(role, b"{}", target="SageMaker.ListModels") == (200, {"Models": []})
    status, document = ask(role, b'{"ModelName": "one"}', target="SageMaker.DescribeModel")
    assert (status, document["__type"]) == (400, "AccessDeniedException")
    assert "assumed-role/asker/sagemaker is not authorized to perform: sagemaker:DescribeModel" in document["message"]


def test_a_signature_that_is_not_of_this_request_is_refused(ask: Ask, role: Credentials) -> None:
    status, document = ask(role, b"{}", target="SageMaker.ListModels", signed=b'{"MaxResults": 1}')
    assert (status, document["__type"]) == (403, "SignatureDoesNotMatch")


def test_a_key_that_nobody_has_is_refused(ask: Ask) -> None:
    status, document = ask(Credentials("ASIANOBODY", "secret"), b"{}", target="SageMaker.ListModels")
    assert (status, document["__type"]) == (403, "UnrecognizedClientException")


def test_an_endpoint_answers_those_who_may_ask_it(ask: Ask, role: Credentials, make_role: Callable[..., str]) -> None:
    status, document = ask(role, b"picture", "/endpoints/scones/invocations")
    assert (status, document["message"]) == (400, "Endpoint scones of account 000000000000 not found.")


def test_an_endpoint_refuses_those_who_may_not_ask_it(ask: Ask, aws: Aws, make_role: Callable[..., str]) -> None:
    other = Authority(aws.settings).clients(make_role("other", SAGEMAKER, "sagemaker:ListModels")).credentials
    status, document = ask(other, b"picture", "/endpoints/scones/invocations")
    assert status == 403
    assert (
        "sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:000000000000:endpoint/scones"
        in (document["Message"])
    )
