"""Condition keys of requests to CloudFormation and IAM, by which a policy says as whom and within what they may act.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

# Key -> the member of a request. A key is there where the member is given, and as it is given: of a change set that is
# named by its ARN, the key is that ARN.
_OF_STACKS = {
    "cloudformation:ChangeSetName": "ChangeSetName",
    "cloudformation:RoleArn": "RoleARN",
    "cloudformation:StackPolicyUrl": "StackPolicyURL",
    "cloudformation:TemplateUrl": "TemplateURL",
}
# These set a boundary, which is the one asked about; all others are about the one that a role or user has.
_SETTING = {
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
}
_BOUNDED = {
    *_SETTING,
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
}
_ATTACHING = {f"iam:{verb}{whom}Policy" for verb in ("Attach", "Detach") for whom in ("Group", "Role", "User")}

BoundaryOf = Callable[[str, str], str | None]  # the boundary of a `role` or `user` by its name


def of_stacks(body: bytes) -> dict[str, str]:
    """The keys of a request to CloudFormation."""
    given = _form(body)
    return {key: given[member] for key, member in _OF_STACKS.items() if given.get(member)}


def of_identities(action: str, body: bytes, boundary_of: BoundaryOf) -> dict[str, str]:
    """The keys of a request to IAM."""
    given, found = _form(body), {}
    if action in _ATTACHING and given.get("PolicyArn"):
        found["iam:PolicyARN"] = given["PolicyArn"]
    if action in _BOUNDED:
        boundary = given.get("PermissionsBoundary") if action in _SETTING else _attached(given, boundary_of)
        found |= {"iam:PermissionsBoundary": boundary} if boundary else {}
    if action == "iam:CreateServiceLinkedRole" and given.get("AWSServiceName"):
        found["iam:AWSServiceName"] = given["AWSServiceName"]
    return found


def _attached(given: dict[str, str], boundary_of: BoundaryOf) -> str | None:
    if "RoleName" in given:
        return boundary_of("role", given["RoleName"])
    return boundary_of("user", given["UserName"]) if "UserName" in given else None


def _form(body: bytes) -> dict[str, str]:
    """The members of a form, the last of each name, as the services read them."""
    return {name: values[-1] for name, values in parse_qs(body.decode(errors="replace")).items()}
