"""Roles that the local AWS takes on: whom they trust, what they allow, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ministack.core import iam_actions

from localaws.authorization import check_role
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.iam.authority import Authority
from localaws.ministack import identity
from localaws.operations import SAGEMAKER as SAGEMAKER_API
from localaws.settings import Settings

if TYPE_CHECKING:
    from tests.unit.localaws.iam.conftest import Asked

SAGEMAKER = "sagemaker.amazonaws.com"
OBJECT = "arn:aws:s3:::bucket/raw/a.png"
MakeRole = Callable[..., str]


@pytest.fixture
def authority() -> Authority:
    return Authority(Settings())


def test_a_role_allows_what_its_policy_says_and_nothing_else(authority: Authority, make_role: MakeRole) -> None:
    role = make_role("reader", SAGEMAKER, "s3:GetObject", on="arn:aws:s3:::bucket/raw/*")
    authority.check(role, "s3:GetObject", OBJECT)
    for action, resource in (("s3:PutObject", OBJECT), ("s3:GetObject", OBJECT.replace("raw", "runs"))):
        with pytest.raises(AwsError) as refused:
            authority.check(role, action, resource)
        assert refused.value.code == "AccessDeniedException"
        assert f"assumed-role/reader/sagemaker is not authorized to perform: {action} on resource: {resource}" in str(
            refused.value
        )


def test_a_role_is_taken_on_once_and_has_keys_of_its_own(authority: Authority, make_role: MakeRole) -> None:
    first, second = (make_role(name, SAGEMAKER, "s3:*") for name in ("first", "second"))
    clients = authority.clients(first)
    assert clients is authority.clients(first)
    assert clients.credentials.key != authority.clients(second).credentials.key
    assert clients.credentials.environment["AWS_SESSION_TOKEN"] == clients.credentials.token


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", "states.amazonaws.com"])
def test_a_role_that_trusts_another_service_is_not_taken_on(
    authority: Authority, make_role: MakeRole, service: str
) -> None:
    role = make_role("other", service, "s3:*")
    with pytest.raises(AwsError, match=r"Could not assume role arn:aws:iam::000000000000:role/other\. .*sagemaker"):
        authority.check(role, "s3:GetObject", OBJECT)
    authority.check(role, "s3:GetObject", OBJECT, service=service)


def test_a_role_that_is_not_there_is_not_taken_on(authority: Authority) -> None:
    with pytest.raises(AwsError, match="Could not assume role"):
        authority.clients("arn:aws:iam::000000000000:role/nobody")


@pytest.mark.parametrize(("account", "taken"), [("000000000000", True), ("111111111111", False)])
def test_the_account_that_a_role_trusts_is_heeded(
    authority: Authority, make_role: MakeRole, account: str, *, taken: bool
) -> None:
    role = make_role("one", SAGEMAKER, "s3:*", condition={"StringEquals": {"aws:SourceAccount": account}})
    if taken:
        authority.clients(role)
        return
    with pytest.raises(AwsError, match="Could not assume role"):
        authority.clients(role)


def test_a_call_needs_the_role_that_it_passes(aws: Aws, authority: Authority, make_role: MakeRole) -> None:
    job = "arn:aws:iam::000000000000:role/job"
    request = {"ProcessingJobName": "one", "RoleArn": job}
    whole = make_role("whole", SAGEMAKER, "sagemaker:CreateProcessingJob", "iam:PassRole")
    half = make_role("half", SAGEMAKER, "sagemaker:CreateProcessingJob")
    create, asking = SAGEMAKER_API.operations["CreateProcessingJob"], replace(aws, authority=authority)
    check_role(asking, whole, create, request)
    with pytest.raises(AwsError, match=f"iam:PassRole on resource: {job}"):
        check_role(asking, half, create, request)


def test_answers_to_roles_are_noted_and_those_to_root_are_not(
    authority: Authority, make_role: MakeRole, asked: Asked
) -> None:

    role = make_role("reader", SAGEMAKER, "s3:GetObject")
    authority.check(role, "s3:GetObject", OBJECT)
    with pytest.raises(AwsError):
        authority.check(role, "s3:PutObject", OBJECT)
    identity.enforce("test", "s3:PutObject", OBJECT, "us-east-1", {})
    assert asked.noted == [("reader", "s3:GetObject", OBJECT, True), ("reader", "s3:PutObject", OBJECT, False)]


def test_what_is_needed_beyond_the_call_is_asked_and_named_in_the_refusal(
    authority: Authority, make_role: MakeRole, asked: Asked
) -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    role = make_role("reader", SAGEMAKER, "s3:GetObject")
    asked.more = [("kms:Decrypt", key, {})]
    with pytest.raises(AwsError, match=f"kms:Decrypt on resource: {key}"):
        authority.check(role, "s3:GetObject", OBJECT)
    assert asked.noted[-1] == ("reader", "kms:Decrypt", key, False)
    # As MiniStack answers the request that was refused.
    answer = iam_actions.access_denied_response("kms", "s3:GetObject", "arn:one", "id", resource_arn=OBJECT)
    assert b"kms:Decrypt" in answer[2]
    assert key.encode() in answer[2]
