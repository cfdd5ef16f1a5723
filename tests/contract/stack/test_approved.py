"""Approved artifacts have one writer, and instances load nothing else: by each role's policies and by the bucket's."""

from __future__ import annotations

import pytest
from ministack.core import iam_evaluator

from localaws.iam.checks import Check
from tests.contract.stack.deployment import asked, is_allowed
from tests.contract.stack.policies import IDENTITY, distinct
from tests.contract.stack.resolve import ACCOUNT, Stack
from tests.contract.stack.variants import VARIANTS, stacks

WRITING = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ReplicateObject", "s3:ReplicateDelete")
"""By which an object's bytes become others; parts, copies and forms are put."""
KEY = "v7-20261128T100000Z/model.tar.gz"
STACKS = pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)


def _bucket(stack: Stack) -> str:
    return f"arn:{stack.partition}:s3:::{stack.of_type('AWS::S3::Bucket')['Bucket']['BucketName']}"


def _roles(stack: Stack) -> dict[str, list[object]]:
    """Each role's own policies, as MiniStack reads them."""
    found: dict[str, list[object]] = {name: [] for name in stack.of_type("AWS::IAM::Role")}
    for policy in distinct([stack]):
        if policy.kind == IDENTITY and policy.owner in found:
            found[policy.owner].append(iam_evaluator.parse_policy_document(policy.document))
    return found


def _who_may(stack: Stack, action: str, key: str) -> set[str]:
    question = Check(action, f"{_bucket(stack)}/{key}")
    return {name for name, policies in _roles(stack).items() if is_allowed(policies, question)}


def _is_denied(stack: Stack, principal: str, action: str, key: str) -> bool:
    """Whether the bucket's own policy denies something to a principal, whatever else that may."""
    policy = stack.of_type("AWS::S3::BucketPolicy")["BucketPolicy"]["PolicyDocument"]
    question = asked(Check(action, f"{_bucket(stack)}/{key}"), principal, secure=True)
    return bool(iam_evaluator.evaluate_resource_policy(policy, question).decision == "Deny")


@STACKS
def test_one_role_may_write_approved_artifacts(stack: Stack) -> None:
    writers = {"DeployModelRole"} if stack.given else set()
    for action in WRITING:
        allowed = writers if action in ("s3:PutObject", "s3:DeleteObject") else set()
        assert _who_may(stack, action, f"approved/{KEY}") == allowed


@STACKS
def test_the_bucket_denies_it_to_everybody_else_whatever_they_may(stack: Stack) -> None:
    names = [role["RoleName"] for role in stack.of_type("AWS::IAM::Role").values()]
    place = f"arn:{stack.partition}:iam::{ACCOUNT}"
    own = f"{place}:role/scones-deploy-model"
    others = {f"{place}:role/{name}" for name in names} - {own}
    for principal in (*others, f"{place}:user/administrator", f"{place}:root", f"{place}:role/scones-deploy-model-2"):
        assert [_is_denied(stack, principal, action, f"approved/{KEY}") for action in WRITING] == [True] * 5, principal
        assert not _is_denied(stack, principal, "s3:GetObject", f"approved/{KEY}")
        assert not _is_denied(stack, principal, "s3:PutObject", f"runs/{KEY}")
    assert [_is_denied(stack, own, action, f"approved/{KEY}") for action in WRITING] == [False] * 5


@STACKS
def test_instances_load_what_was_approved_and_nothing_else(stack: Stack) -> None:
    assert "EndpointRole" in _who_may(stack, "s3:GetObject", f"approved/{KEY}")
    for key in (f"runs/{KEY}", f"pretrained/{KEY}", KEY):
        assert "EndpointRole" not in _who_may(stack, "s3:GetObject", key)
