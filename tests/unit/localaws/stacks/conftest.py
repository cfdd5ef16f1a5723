"""CloudFormation in this process, which asks roles and callers for what it does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from ministack.services import cloudformation, iam, sqs, sts
from ministack.services.cloudformation import _change_sets, _stack_events, _stacks

from localaws.iam.authority import Authority
from localaws.ministack import identity
from localaws.ministack_patches.cloudformation import provisioning, roles
from localaws.settings import Settings

TRUSTED = "cloudformation.amazonaws.com"
ROOT = "test"


class Stacks:
    """CloudFormation as callers see it; each call waits for what it has begun."""

    def call(self, action: str, key: str = ROOT, **request: str) -> tuple[int, str]:
        """Status and body of an answer to the owner of an access key."""
        return asyncio.run(self._call(action, key, request))

    async def _call(self, action: str, key: str, request: Mapping[str, str]) -> tuple[int, str]:
        body = urlencode({"Action": action, **request}).encode()
        headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={key}/20261128/us-east-1/cloudformation/aws4_request"}
        status, _, answer = await cloudformation.handle_request("POST", "/", headers, body, {})
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
        return status, answer.decode()

    def create(self, template: Mapping[str, Any], key: str = ROOT, **request: str) -> tuple[int, str]:
        return self.call("CreateStack", key, StackName="one", TemplateBody=json.dumps(template), **request)

    def update(self, template: Mapping[str, Any], key: str = ROOT, **request: str) -> tuple[int, str]:
        return self.call("UpdateStack", key, StackName="one", TemplateBody=json.dumps(template), **request)

    @property
    def status(self) -> str:
        return str(_stacks["one"]["StackStatus"])

    @property
    def reasons(self) -> list[str]:
        """Why resources failed."""
        events = [event for listed in _stack_events.values() for event in listed]
        return [event["ResourceStatusReason"] for event in events if event["ResourceStatus"].endswith("_FAILED")]


@pytest.fixture
def enforced() -> bool:
    """Whether IAM is enforced; a test may say otherwise."""
    return True


@pytest.fixture
def stacks(apply: Callable[..., None], settings: Settings, enforced: bool) -> Iterator[Stacks]:
    """CloudFormation with the roles of its stacks."""
    local: dict[str, Any] = {"settings": replace(settings, enforce_iam=enforced)}
    if enforced:
        local["authority"] = Authority(local["settings"])
    apply(roles, **local)
    apply(provisioning, **local)
    yield Stacks()
    for store in (_stacks, _stack_events, _change_sets, sqs._queues, sqs._queue_name_to_url, iam._roles):
        store.clear()
    sts._sessions.clear()


@pytest.fixture
def make_role() -> Callable[..., str]:
    """Make a role that trusts CloudFormation, or another service, and may do `allows`; answers its ARN."""

    def make(name: str, *allows: str, trusts: str = TRUSTED, condition: Mapping[str, Any] | None = None) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
        statement = {"Effect": "Allow", "Action": list(allows), "Resource": "*", "Condition": dict(condition or {})}
        arn = f"arn:aws:iam::000000000000:role/{name}"
        iam._roles[name] = {
            "RoleName": name,
            "Arn": arn,
            "AssumeRolePolicyDocument": json.dumps({"Statement": [trust]}),
            "InlinePolicies": {"policy": json.dumps({"Statement": [statement]})},
            "AttachedPolicies": [],
        }
        return arn

    return make


@pytest.fixture
def make_caller(make_role: Callable[..., str]) -> Callable[..., str]:
    """Make somebody who may do `allows`; answers an access key."""

    def make(name: str, *allows: str, condition: Mapping[str, Any] | None = None) -> str:
        role = make_role(name, *allows, trusts="lambda.amazonaws.com", condition=condition)
        issued = identity.assume(role, "lambda.amazonaws.com", "000000000000", "us-east-1")
        assert issued is not None
        return issued[0]

    return make
