"""An account with nothing in it, and a small template."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from seedcode.stack.spec import NAME_PARAMETER, Account, Spec
from seedcode.stack.template import Template

MOTO_ACCOUNT = "123456789012"
REGION = "eu-west-1"
RETAINED = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
NAME = {"Ref": NAME_PARAMETER}
DOCUMENT: dict[str, Any] = {
    "Description": "small",
    "Parameters": {
        NAME_PARAMETER: {"Type": "String"},
        "CodeVersion": {"Type": "String", "Default": ""},
        "Commits": {"Type": "String", "Default": "no"},
    },
    "Conditions": {
        "HasCode": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CodeVersion"}, ""]}]},
        "HasCommits": {"Fn::Equals": [{"Ref": "Commits"}, "yes"]},
    },
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            **RETAINED,
            "Properties": {
                "BucketName": {"Fn::Sub": f"${{{NAME_PARAMETER}}}-${{AWS::AccountId}}"},
                "BucketEncryption": {"KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}},
                "Tags": [{"Key": "queue", "Value": {"Fn::Sub": "${Queue.Arn}"}}],
            },
        },
        "Registry": {
            "Type": "AWS::SageMaker::ModelPackageGroup",
            **RETAINED,
            "Properties": {"ModelPackageGroupName": {"Fn::Sub": f"${{{NAME_PARAMETER}}}-vehicles"}},
        },
        "Images": {"Type": "AWS::ECR::Repository", **RETAINED, "Properties": {"RepositoryName": NAME}},
        "Commits": {
            "Type": "AWS::CodeCommit::Repository",
            "Condition": "HasCommits",
            **RETAINED,
            "Properties": {"RepositoryName": NAME},
        },
        "Key": {"Type": "AWS::KMS::Key", **RETAINED, "Properties": {"EnableKeyRotation": True}},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Condition": "HasCode",
            "Properties": {"RoleName": {"Fn::Sub": f"${{{NAME_PARAMETER}}}-pipeline"}},
        },
    },
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Moto's account, in a region that is nobody's default."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Account(_client, MOTO_ACCOUNT, REGION)


def _client(service: str) -> Any:
    return NoStacks() if service == "cloudformation" else boto3.client(service, region_name=REGION)


class NoStacks:
    """CloudFormation without a stack; moto's own needs packages that nothing else here does."""

    def describe_stacks(self, StackName: str) -> None:
        error = {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}
        raise ClientError({"Error": error}, "DescribeStacks")


@pytest.fixture
def spec() -> Callable[..., Spec]:
    """Make a spec for a project of a name, with parameters as they are given."""

    def make(project: str = "scones", **given: str) -> Spec:
        return Spec(project, Template(json.dumps(DOCUMENT)), given)

    return make
