"""The roles that CloudFormation changes the stack as: one for pushes, one for people; both outlive it, and go after it.

CloudFormation keeps to the role of a stack's last change for whoever names none, and deletes the stack as it, too: were
that role one of the resources that go, the rest could not be deleted after it. The template retains both.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

from functools import partial

from seedcode.stack.resolve import pseudo_parameters
from seedcode.stack.spec import Account
from seedcode.stack.state import Client, Stack, unless_gone

# The stack's output that names the role of people.
_OUTPUT = "FoundationRoleArn"
_PUSHES, _PEOPLE = "deploy", "foundation"
_POLICIES = ("deploy-data", "deploy-functions", "deploy-events", "deploy-logs")


def find_of_people(aws: Account, project: str, stack: Stack) -> str | None:
    """The ARN of the role for people; None for a stack that has none yet.

    It follows from the project's name: a push may change what an output says.
    """
    if _OUTPUT not in stack.outputs:
        return None
    partition = pseudo_parameters(aws.account, aws.region, stack.name)["AWS::Partition"]
    return f"arn:{partition}:iam::{aws.account}:role/{project}-{_PEOPLE}"


def is_of_pushes(arn: str | None, project: str) -> bool:
    """Whether a role's ARN is that of the role for pushes, which changes no roles."""
    return bool(arn) and str(arn).endswith(f":role/{project}-{_PUSHES}")


def is_own(arn: str | None, project: str) -> bool:
    """Whether a role's ARN is that of one of the stack's own two."""
    return is_of_pushes(arn, project) or (bool(arn) and str(arn).endswith(f":role/{project}-{_PEOPLE}"))


def find(iam: Client, project: str) -> dict[str, str]:
    """The ARNs of the roles that are there, by their names."""
    names = (f"{project}-{_PUSHES}", f"{project}-{_PEOPLE}")
    found = {name: unless_gone(partial(iam.get_role, RoleName=name), None) for name in names}
    return {name: str(answer["Role"]["Arn"]) for name, answer in found.items() if answer}


def remove(iam: Client, project: str) -> list[str]:
    """Delete the roles and their policies where they are; say what was deleted.

    The roles go last: a removal that fails before is completed by the next, which finds the policies by them.
    """
    said: list[str] = []
    roles = find(iam, project)
    for name in roles:
        _empty_role(iam, name)
    for place in dict.fromkeys(arn.rpartition(":")[0] for arn in roles.values()):
        for name in _POLICIES:
            said += unless_gone(partial(_remove_policy, iam, f"{place}:policy/{project}-{name}"), [])
    for name in roles:
        iam.delete_role(RoleName=name)
        said.append(f"role {name}")
    return said


def _empty_role(iam: Client, role: str) -> None:
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)


def _remove_policy(iam: Client, arn: str) -> list[str]:
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    return [f"policy {arn.rpartition('/')[2]}"]
