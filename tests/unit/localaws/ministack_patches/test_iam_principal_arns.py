"""A policy that asks for aws:PrincipalArn sees the role of a session, as on AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from ministack.core import iam_evaluator
from ministack.services import iam

from localaws.ministack_patches import iam as patched

ROLE = "arn:aws:iam::000000000000:role/jobs/scones-deploy-model"
POLICY = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "*",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}},
        }
    }
)


@pytest.fixture(autouse=True)
def _a_role(apply: Callable[[ModuleType], None]) -> Iterator[None]:
    apply(patched)
    trust = json.dumps({"Statement": []})
    iam._create_role({"RoleName": ["scones-deploy-model"], "Path": ["/jobs/"], "AssumeRolePolicyDocument": [trust]})
    yield
    iam.reset()


@pytest.mark.parametrize(
    ("principal", "decision"),
    [
        ("arn:aws:sts::000000000000:assumed-role/scones-deploy-model/any-session", "Allow"),
        ("arn:aws:sts::000000000000:assumed-role/scones-training/scones-deploy-model", "ImplicitDeny"),
        ("arn:aws:iam::000000000000:user/scones-deploy-model", "ImplicitDeny"),
    ],
)
def test_a_session_is_asked_about_by_its_role(principal: str, decision: str) -> None:
    asked = iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_account="000000000000",
        principal_type="AssumedRole",
        action="s3:PutObject",
        resource_arn="arn:aws:s3:::bucket/key",
        region="us-east-1",
    )
    assert iam_evaluator.evaluate_resource_policy(POLICY, asked).decision == decision
