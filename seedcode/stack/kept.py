"""What a deleted stack left behind because it holds data, and how a new stack takes it over again.

CloudFormation refuses to create a bucket that is there. It imports one instead: by a change set of its own, whose
template has what is imported and nothing else. The next update brings the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from seedcode.stack.spec import Account, Spec, build_parameters
from seedcode.stack.state import is_absent

Identifier = dict[str, str]
KEY = "AWS::KMS::Key"
POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
PLACE = re.compile(r"\$\{([^!}][^}]*)\}")


@dataclass(frozen=True)
class Kept:
    """A resource of the template that exists outside any stack of ours."""

    logical_id: str
    type: str
    name: str
    # What CloudFormation imports it by; nothing for a type that it cannot import.
    identifier: Identifier

    @property
    def as_import(self) -> dict[str, Any]:
        """The resource in a change set's list of imports."""
        return {
            "ResourceType": self.type,
            "LogicalResourceId": self.logical_id,
            "ResourceIdentifier": self.identifier,
        }


def find_kept(aws: Account, spec: Spec) -> list[Kept]:
    """Find resources that the template retains and that exist already; asked for a stack that does not."""
    resolver = spec.resolver(aws, None)
    found = []
    for logical_id, resource in spec.template.resources.items():
        kind = _KINDS.get(resource["Type"])
        if kind is None or not spec.template.retains(logical_id) or not resolver.exists(resource):
            continue
        name = resolver.text(resource.get("Properties", {}).get(kind.name_property))
        identifier = _look(aws, kind, name) if name else None
        if name and identifier is not None:
            found.append(Kept(logical_id, resource["Type"], name, identifier))
    return found + _find_keys(aws, spec, found)


def _find_keys(aws: Account, spec: Spec, found: list[Kept]) -> list[Kept]:
    """The key that a kept bucket is encrypted with: a key has no name of its own to be found by."""
    wanted = [name for name, entry in spec.template.resources.items() if entry["Type"] == KEY]
    retained = [name for name in wanted if spec.template.retains(name)]
    resolver = spec.resolver(aws, None)
    buckets = [item.name for item in found if item.type == "AWS::S3::Bucket"]
    if not buckets or len(retained) != 1 or not resolver.exists(spec.template.resources[retained[0]]):
        return []
    identifier = _look(aws, _Kind("", _key_of_bucket), buckets[0])
    return [Kept(retained[0], KEY, identifier["KeyId"], identifier)] if identifier else []


def _key_of_bucket(aws: Account, bucket: str) -> Identifier | None:
    answer = aws.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    named = answer["Rules"][0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    if not named:
        return None
    key = aws.client("kms").describe_key(KeyId=named)["KeyMetadata"]
    ours = key["KeyManager"] == "CUSTOMER" and key["KeyState"] == "Enabled" and f":{aws.account}:" in key["Arn"]
    return {"KeyId": key["KeyId"]} if ours else None


def import_request(spec: Spec, kept: list[Kept]) -> dict[str, Any]:
    """The change set of the import; it may bring neither outputs nor tags, which the next update does."""
    request = {
        "ChangeSetType": "IMPORT",
        "StackName": spec.stack,
        "TemplateBody": _import_template(spec, kept),
        "ResourcesToImport": [item.as_import for item in kept],
        "Parameters": build_parameters(spec.template, spec.parameters(), {}),
    }
    return request | ({"RoleARN": spec.role_arn} if spec.role_arn else {})


def _import_template(spec: Spec, kept: list[Kept]) -> str:
    """Each resource as the template has it, but for what names a resource that is not there yet."""
    document = spec.template.document
    sections = {name: document[name] for name in ("Description", "Parameters", "Conditions") if name in document}
    missing = spec.template.resources.keys() - {item.logical_id for item in kept}
    resources = {item.logical_id: _without(spec.template.resources[item.logical_id], missing) for item in kept}
    return json.dumps({**sections, "Resources": resources})


def _without(resource: dict[str, Any], missing: Set[str]) -> dict[str, Any]:
    attributes = {name: resource[name] for name in ("Type", "Condition", *POLICIES) if name in resource}
    properties = resource.get("Properties", {})
    return attributes | {"Properties": {name: node for name, node in properties.items() if not names(node) & missing}}


def names(node: Any) -> set[str]:  # noqa: ANN401 - any node of a template
    """What a node refers to: parameters and resources by name."""
    if isinstance(node, list):
        return set().union(*map(names, node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*map(names, node.values()))
    if isinstance(node.get("Ref"), str):
        found.add(node["Ref"])
    if "Fn::GetAtt" in node:
        found.add(str(node["Fn::GetAtt"][0]))
    if "Fn::Sub" in node:
        pattern = node["Fn::Sub"] if isinstance(node["Fn::Sub"], str) else node["Fn::Sub"][0]
        found |= {name.partition(".")[0] for name in PLACE.findall(pattern)}
    return found


def _look(aws: Account, kind: _Kind, name: str) -> Identifier | None:
    """What CloudFormation imports a resource by; None where it does not exist."""
    try:
        return kind.identify(aws, name)
    except ClientError as error:
        # 403 is a bucket of somebody else, which is none of ours.
        if is_absent(error) or error.response["Error"]["Code"] == "403":
            return None
        raise


@dataclass(frozen=True)
class _Kind:
    """How resources of one type are found by the property that names them."""

    name_property: str
    identify: Callable[[Account, str], Identifier | None]


def _bucket(aws: Account, name: str) -> Identifier:
    aws.client("s3").head_bucket(Bucket=name, ExpectedBucketOwner=aws.account)
    return {"BucketName": name}


def _group(aws: Account, name: str) -> Identifier:
    described = aws.client("sagemaker").describe_model_package_group(ModelPackageGroupName=name)
    return {"ModelPackageGroupArn": described["ModelPackageGroupArn"]}


def _images(aws: Account, name: str) -> Identifier:
    aws.client("ecr").describe_repositories(repositoryNames=[name])
    return {"RepositoryName": name}


def _commits(aws: Account, name: str) -> Identifier:
    aws.client("codecommit").get_repository(repositoryName=name)
    return {}


def _logs(aws: Account, name: str) -> Identifier | None:
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return {"LogGroupName": name} if any(group["logGroupName"] == name for group in groups) else None


_KINDS = {
    "AWS::S3::Bucket": _Kind("BucketName", _bucket),
    "AWS::SageMaker::ModelPackageGroup": _Kind("ModelPackageGroupName", _group),
    "AWS::ECR::Repository": _Kind("RepositoryName", _images),
    # CloudFormation imports no CodeCommit repository.
    "AWS::CodeCommit::Repository": _Kind("RepositoryName", _commits),
    "AWS::Logs::LogGroup": _Kind("LogGroupName", _logs),
}
