"""Limits of CloudFormation, and of the services on the names that the template makes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seedcode.stack.template import LARGEST_BYTES, MOST, Template
from tests.contract.stack.resolve import Stack

DESCRIPTION_BYTES, PARAMETER_CHARACTERS = 1_024, 4_000
# Type -> the property that names it, and what the service takes.
NAMES = {
    "AWS::S3::Bucket": ("BucketName", r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    "AWS::IAM::Role": ("RoleName", r"[\w+=,.@-]{1,64}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", r"[\w+=,.@-]{1,128}"),
    "AWS::Lambda::Function": ("FunctionName", r"[a-zA-Z0-9-_]{1,64}"),
    "AWS::Lambda::LayerVersion": ("LayerName", r"[a-zA-Z0-9-_]{1,64}"),
    "AWS::SQS::Queue": ("QueueName", r"[a-zA-Z0-9-_]{1,80}"),
    "AWS::SNS::Topic": ("TopicName", r"[a-zA-Z0-9-_]{1,256}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", r"[a-zA-Z0-9-_]{1,80}"),
    "AWS::Events::Rule": ("Name", r"[.\-_A-Za-z0-9]{1,64}"),
    "AWS::CodeBuild::Project": ("Name", r"[A-Za-z0-9][A-Za-z0-9\-_]{1,149}"),
    "AWS::CodeCommit::Repository": ("RepositoryName", r"[\w.-]{1,100}"),
    "AWS::ECR::Repository": ("RepositoryName", r"[a-z0-9]+([._-][a-z0-9]+)*"),
    "AWS::SageMaker::ModelPackageGroup": ("ModelPackageGroupName", r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", r".{1,255}"),
    "AWS::CloudWatch::Dashboard": ("DashboardName", r"[A-Za-z0-9-_]{1,255}"),
    "AWS::Logs::LogGroup": ("LogGroupName", r"[.\-_/#A-Za-z0-9]{1,512}"),
    "AWS::KMS::Alias": ("AliasName", r"alias/[a-zA-Z0-9/_-]{1,250}"),
    # deploy_model adds `-v<version>-<8 digits>` to it, and SageMaker takes 63 characters.
    "Custom::Endpoint": ("EndpointName", r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,46}"),
}


def find_too_many(template: Template) -> list[str]:
    """Say what is more than CloudFormation takes."""
    return list(_too_many(template))


def _too_many(template: Template) -> Iterator[str]:
    document = template.document
    if template.size > LARGEST_BYTES:
        yield f"The template has {template.size} bytes, and CloudFormation takes {LARGEST_BYTES}."
    if len(document["Description"].encode()) > DESCRIPTION_BYTES:
        yield f"The description is longer than {DESCRIPTION_BYTES} bytes."
    for section, most in MOST.items():
        if len(document.get(section, {})) > most:
            yield f"There are {len(document[section])} {section}, and CloudFormation takes {most}."
    for name, entry in template.parameters.items():
        if len(entry["Description"]) > PARAMETER_CHARACTERS:
            yield f"The description of {name} is longer than {PARAMETER_CHARACTERS} characters."


def find_long_names(stack: Stack) -> list[str]:
    """Names that their service refuses."""
    return [
        f"{entry['Type']} {name}"
        for entry in stack.resources.values()
        if (known := NAMES.get(entry["Type"]))
        for name in [str(entry["Properties"][known[0]])]
        if not re.fullmatch(known[1], name)
    ]
