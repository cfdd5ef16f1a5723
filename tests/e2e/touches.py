"""The template with something changed about every resource, so that an update asks each type for all it may ask."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from seedcode.stack import foundation
from seedcode.stack.template import Template, load

Properties = dict[str, Any]
_WORD = "Touched"
_LIFECYCLE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1},
    "action": {"type": "expire"},
}
_POLICY = {
    "PolicyName": _WORD,
    "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]},
}
# Type -> properties that are other ones.
_CHANGED: dict[str, Properties] = {
    "AWS::CloudWatch::Alarm": {"AlarmDescription": _WORD},
    "AWS::CloudWatch::Dashboard": {"DashboardBody": '{"widgets": []}'},
    "AWS::CodeBuild::Project": {"Description": _WORD},
    "AWS::CodeCommit::Repository": {"RepositoryDescription": _WORD},
    "AWS::ECR::Repository": {
        "ImageScanningConfiguration": {"ScanOnPush": False},
        "ImageTagMutability": "MUTABLE",
        "LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": [_LIFECYCLE]})},
    },
    "AWS::Events::Rule": {"Description": _WORD},
    "AWS::IAM::OIDCProvider": {"ClientIdList": ["sts.amazonaws.com", _WORD]},
    "AWS::IAM::Role": {"Description": _WORD},
    "AWS::KMS::Key": {"Description": _WORD},
    "AWS::Lambda::EventInvokeConfig": {"MaximumRetryAttempts": 1},
    "AWS::Lambda::Function": {"Description": _WORD},
    "AWS::S3::Bucket": {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
        "VersioningConfiguration": {"Status": "Suspended"},
    },
    "AWS::SNS::Subscription": {"FilterPolicyScope": "MessageBody"},
    "AWS::SNS::Topic": {"DisplayName": _WORD},
    "AWS::SQS::Queue": {"VisibilityTimeout": 61},
    "AWS::Scheduler::Schedule": {"Description": _WORD},
    "AWS::StepFunctions::StateMachine": {"TracingConfiguration": {"Enabled": False}},
}
# Type -> properties that are not given any more.
_LEFT_OUT = {
    "AWS::Logs::LogGroup": ("KmsKeyId", "RetentionInDays"),
    "AWS::S3::Bucket": ("NotificationConfiguration",),
}


def _statement(properties: Properties, member: str) -> None:
    properties[member]["Statement"][0]["Sid"] = _WORD


def _role(properties: Properties) -> None:
    _statement(properties, "AssumeRolePolicyDocument")
    properties["Policies"] = [*properties.get("Policies", []), _POLICY]


def _rule(properties: Properties) -> None:
    properties["Targets"][0]["RetryPolicy"] = {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}


_DEEPER: dict[str, Callable[[Properties], None]] = {
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": lambda properties: _statement(properties, "PolicyDocument"),
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": lambda properties: _statement(properties, "KeyPolicy"),
    "AWS::S3::BucketPolicy": lambda properties: _statement(properties, "PolicyDocument"),
    "AWS::SNS::TopicPolicy": lambda properties: _statement(properties, "PolicyDocument"),
    "AWS::SQS::QueuePolicy": lambda properties: _statement(properties, "PolicyDocument"),
}


# The roles that make such changes, and their policies, stay what they are.
_OWN = ("DeployData", "DeployEvents", "DeployFunctions", "DeployLogs", "DeployRole", "FoundationRole")


def touched(*, by_a_push: bool = False) -> Template:
    """The project's template, touched; `by_a_push` leaves out what no push may touch."""
    document = copy.deepcopy(load().document)
    for name, resource in document["Resources"].items():
        kind, properties = resource["Type"], resource.setdefault("Properties", {})
        if by_a_push and kind.startswith(foundation.TYPES):
            continue
        properties.update(_CHANGED.get(kind, {}))
        for member in _LEFT_OUT.get(kind, ()):
            properties.pop(member, None)
        if kind in _DEEPER and name not in _OWN:
            _DEEPER[kind](properties)
    return Template(json.dumps(document))
