"""Whether the names that the template gives are free: roles, the bucket, and what CloudFormation cannot take over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError

from seedcode.stack.kept import find_kept
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import Stack, list_resources

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
LONGEST_ROLE = 64
# How a person makes room for what CloudFormation can neither create again nor import; nothing is lost by it.
REMEDIES = {
    "AWS::CodeCommit::Repository": "aws codecommit update-repository-name --old-name {name} --new-name {name}-before"
}


def check(aws: Account, spec: Spec, stack: Stack | None, *, with_kept: bool) -> list[str]:
    """Say which names are taken or cannot be names; `with_kept` also what is left and cannot be taken over."""
    held = list_resources(aws.client("cloudformation"), stack.id) if stack else {}
    own = {entry.get("PhysicalResourceId") for entry in held.values()}
    found = [*_check_buckets(aws, spec, stack, own), *_check_roles(aws, spec, stack, own)]
    return [*found, *_check_kept(aws, spec)] if with_kept else found


def _check_buckets(aws: Account, spec: Spec, stack: Stack | None, own: set[str | None]) -> Iterator[str]:
    for name in _names(aws, spec, stack, "AWS::S3::Bucket", "BucketName"):
        if not BUCKET.fullmatch(name):
            yield (
                f"The project is named {spec.project}, so its bucket would be {name}; a bucket's name has 3 to 63 "
                "lower-case letters, digits, dots and dashes: choose another SCONES_PROJECT."
            )
        elif name not in own and (taken := _taken(aws, name)):
            yield taken


def _taken(aws: Account, name: str) -> str | None:
    """Why a bucket's name cannot be used; one of ours that an earlier stack has left is taken over."""
    try:
        aws.client("s3").head_bucket(Bucket=name, ExpectedBucketOwner=aws.account)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "403":
            return (
                f"The bucket {name} belongs to another account, or these credentials may not see it; "
                "choose another SCONES_PROJECT, or let an administrator allow s3:ListBucket on it."
            )
        if code in ("301", "PermanentRedirect"):
            return f"The bucket {name} is in another region than {aws.region}; choose another SCONES_PROJECT."
        if code not in ("404", "NoSuchBucket"):
            raise
    return None


def _check_roles(aws: Account, spec: Spec, stack: Stack | None, own: set[str | None]) -> Iterator[str]:
    for name in _names(aws, spec, stack, "AWS::IAM::Role", "RoleName"):
        if len(name) > LONGEST_ROLE:
            yield f"The role {name} has {len(name)} characters and IAM takes {LONGEST_ROLE}; shorten SCONES_PROJECT."
        elif name not in own and _role_exists(aws, name):
            yield (
                f"The role {name} is there already, outside the stack; roles are the account's, in every region: "
                "choose another SCONES_PROJECT, or delete the role if nothing uses it."
            )


def _role_exists(aws: Account, name: str) -> bool:
    try:
        aws.client("iam").get_role(RoleName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return False
        raise
    return True


def _check_kept(aws: Account, spec: Spec) -> Iterator[str]:
    for item in find_kept(aws, spec):
        if item.type in REMEDIES:
            yield (
                f"The {item.type} {item.name} is left from an earlier stack, and CloudFormation cannot take it over: "
                f"rename it with `{REMEDIES[item.type].format(name=item.name)}`, "
                "or choose another name with `--set RepositoryName=...`."
            )


def _names(aws: Account, spec: Spec, stack: Stack | None, kind: str, member: str) -> list[str]:
    """The names of all resources of a type that exist under these parameters and are known beforehand."""
    # The first deployment of code brings resources that have a name as well.
    resolver = spec.resolver(aws, stack, {"CodeVersion": "0"})
    found = [
        resolver.text(resource.get("Properties", {}).get(member))
        for resource in spec.template.resources.values()
        if resource["Type"] == kind and resolver.exists(resource)
    ]
    return [name for name in found if name]
