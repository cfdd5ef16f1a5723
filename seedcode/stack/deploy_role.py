"""The role that CloudFormation updates the stack as, which outlives the stack and is removed after it.

CloudFormation keeps to a stack's role for good, so it deletes the stack as that role, too: were the role one of the
resources that go, the rest could not be deleted after it. The template retains it.
"""

from __future__ import annotations

from functools import partial

from seedcode.stack.asking import unless_gone
from seedcode.stack.state import Client


def remove(iam: Client, project: str) -> list[str]:
    """Delete the role and its policy where they are; say what was deleted."""
    role = f"{project}-deploy"
    found = unless_gone(partial(iam.get_role, RoleName=role), None)
    if found is None:
        return []
    policy = f"{found['Role']['Arn'].rpartition(':')[0]}:policy/{role}-foundation"
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)
    return [f"role {role}", *unless_gone(partial(_remove_policy, iam, policy), [])]


def _remove_policy(iam: Client, arn: str) -> list[str]:
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    return [f"policy {arn.rpartition('/')[2]}"]
