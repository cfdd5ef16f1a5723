"""The roles that outlive their stack are removed with all that hangs on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from seedcode.stack import service_roles
from seedcode.stack.spec import Account
from seedcode.stack.state import Stack

ANY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
POLICIES = ("deploy-data", "deploy-functions", "deploy-events", "deploy-logs")


@pytest.fixture
def iam() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


def test_a_removal_that_failed_half_way_is_completed_by_the_next(iam: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    iam.create_role(RoleName="scones-deploy", AssumeRolePolicyDocument=ANY)
    for name in POLICIES:
        iam.create_policy(PolicyName=f"scones-{name}", PolicyDocument=ANY)
    error = ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "DeletePolicy")
    with monkeypatch.context() as patching, pytest.raises(ClientError):
        patching.setattr(iam, "delete_policy", Mock(side_effect=error))
        service_roles.remove(iam, "scones")
    service_roles.remove(iam, "scones")
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert service_roles.find(iam, "scones") == {}


def test_roles_and_policies_go_with_what_hangs_on_them_and_no_others(iam: Any) -> None:
    for name in ("scones-deploy", "scones-foundation", "scones-deployer"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=ANY)
    for name in POLICIES:
        policy = iam.create_policy(PolicyName=f"scones-{name}", PolicyDocument=ANY)["Policy"]["Arn"]
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=ANY, SetAsDefault=True)
        for role in ("scones-deploy", "scones-foundation"):
            iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    iam.create_policy(PolicyName="scones-deploy-others", PolicyDocument=ANY)
    iam.put_role_policy(RoleName="scones-foundation", PolicyName="foundation", PolicyDocument=ANY)

    assert service_roles.remove(iam, "scones") == [
        *(f"policy scones-{name}" for name in POLICIES),
        "role scones-deploy",
        "role scones-foundation",
    ]

    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["scones-deployer"]
    assert [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]] == ["scones-deploy-others"]
    assert service_roles.remove(iam, "scones") == []


def test_a_role_is_known_by_its_whole_name() -> None:
    place = "arn:aws:iam::123456789012:role"
    assert service_roles.is_of_pushes(f"{place}/scones-deploy", "scones")
    assert not service_roles.is_of_pushes(f"{place}/my-scones-deploy", "scones")
    assert not service_roles.is_of_pushes(None, "scones")
    assert service_roles.is_own(f"{place}/scones-foundation", "scones")
    assert not service_roles.is_own(f"{place}/scones-deploy-model", "scones")


def test_the_role_of_people_follows_from_the_project_s_name_whatever_a_push_made_the_output_say() -> None:
    aws = Account(Mock(), "123456789012", "eu-west-1")
    stack = Stack(
        "scones", "arn:stack", "UPDATE_COMPLETE", "", {"FoundationRoleArn": "arn:aws:iam::1:role/mine"}, {}, {}
    )
    arn = "arn:aws:iam::123456789012:role/scones-foundation"
    assert service_roles.find_of_people(aws, "scones", stack) == arn
    assert service_roles.find_of_people(aws, "scones", replace(stack, outputs={})) is None
