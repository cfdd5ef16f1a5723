"""Whether CloudFormation's own roles suffice for an update, and allow no more: held to what is asked for each type.

A person's update may change everything that is there, a push's all but the foundation (seedcode/stack/foundation.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

from localaws.iam.checks import Check
from localaws.settings import Settings
from localaws.stacks.permissions import CREATE, DELETE, READ, UPDATE, checks
from localaws.stacks.resource import Resource
from seedcode.stack import foundation
from seedcode.stack.report import Change
from tests.contract.stack.policies import IDENTITY, Policy, as_list, distinct
from tests.contract.stack.resolve import ACCOUNT, REGION, Stack

SETTINGS = Settings(home=Path("/nowhere"), region=REGION, account=ACCOUNT)
# What stands for the placeholders of docs/permissions.md.
KNOWN = {
    "NAME": "scones",
    "ACCOUNT": ACCOUNT,
    "REGION": REGION,
    "BUCKET": f"scones-{ACCOUNT}-{REGION}",
    "KEY": "11111111-2222-3333-4444-555555555555",
}


PUSH, PERSON = "DeployRole", "FoundationRole"


def missing(stack: Stack, role: str) -> set[tuple[str, str]]:
    """What CloudFormation asks for the stack's resources and a role does not allow, as actions and resources."""
    policies = [iam_evaluator.parse_policy_document(policy.document) for policy in own(stack, role)]
    # Ten times as many properties as questions: most ask for the same.
    questions = {(one.action, one.resource, repr(sorted(one.context.items()))): one for one in needed(stack, role)}
    return {(one.action, one.resource) for one in questions.values() if not is_allowed(policies, one)}


def superfluous(stacks: list[Stack], role: str) -> set[tuple[str, str]]:
    """Statements and actions of a role that are asked for by no resource of any of the stacks."""
    asked: dict[str, set[str]] = {}
    for one in [one for stack in stacks for one in [*needed(stack, role), *_takings(stack, role)]]:
        asked.setdefault(one.action, set()).add(one.resource)
    listed = [
        (statement, action)
        for stack in stacks
        for policy in own(stack, role)
        for statement in policy.statements
        for action in as_list(statement["Action"])
    ]
    used = {(of["Sid"], action) for of, action in listed if _is_about_any(of, asked.get(action, set()))}
    return {(of["Sid"], action) for of, action in listed} - used


def changed(stack: Stack, role: str) -> dict[str, dict[str, Any]]:
    """The stack's resources that an update under a role may change, by logical id."""
    bounded = bool(stack.given.get("PermissionsBoundaryArn"))
    changes = [Change("Modify", name, entry["Type"], "False") for name, entry in stack.resources.items()]
    left = {change.logical_id for change in foundation.find(changes, bounded=bounded)} if role == PUSH else set()
    return {name: entry for name, entry in stack.resources.items() if name not in left}


def needed(stack: Stack, role: str) -> Iterator[Check]:
    """All questions about making, reading, changing and deleting the resources that a role is for."""
    for name, entry in changed(stack, role).items():
        kind, properties = entry["Type"], entry.get("Properties", {})
        made = str(stack.resolve({"Ref": name}))
        if not stack.template.retains(name):
            yield from checks(SETTINGS, DELETE, Resource(kind, "scones", name, made, old=properties))
        if kind == "AWS::KMS::Alias":  # it goes with its key
            continue
        # What every stack has is made by who deploys first, and so is a key: the role is made after them.
        if stack.template.resources[name].get("Condition") and kind != "AWS::KMS::Key":
            yield from checks(SETTINGS, CREATE, Resource(kind, "scones", name, new=properties))
        yield from checks(SETTINGS, READ, Resource(kind, "scones", name, made, new=properties))
        # Nothing is renamed: the role reaches what bears the names of the template.
        for path in [path for path in properties if not path.endswith("Name")]:
            less = {key: value for key, value in properties.items() if key != path}
            yield from checks(SETTINGS, UPDATE, Resource(kind, "scones", name, made, old=less, new=properties))


def _takings(stack: Stack, role: str) -> Iterator[Check]:
    """Questions about taking properties away, which a role may refuse, and about tags, which the stack may have."""
    for name, entry in changed(stack, role).items():
        kind, properties = entry["Type"], entry.get("Properties", {})
        made = str(stack.resolve({"Ref": name}))
        tagged = {**properties, "Tags": [{"Key": "a", "Value": "b"}], "ResourceTags": [{"Key": "a", "Value": "b"}]}
        for path in tagged:
            less = {key: value for key, value in tagged.items() if key != path}
            yield from checks(SETTINGS, UPDATE, Resource(kind, "scones", name, made, old=tagged, new=less))
            yield from checks(SETTINGS, UPDATE, Resource(kind, "scones", name, made, old=less, new=tagged))


def is_allowed(policies: list[Any], one: Check) -> bool:
    """Whether policies, as MiniStack reads them, allow what is asked."""
    question = asked(one, f"arn:aws:sts::{ACCOUNT}:assumed-role/scones/AWSCloudFormation")
    return bool(iam_evaluator.evaluate(question, policies).decision == "Allow")


def asked(one: Check, principal: str, *, secure: bool = False) -> Any:
    """A question of a principal in the form that MiniStack's policies answer; `secure` says that it comes by TLS."""
    return iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=one.action,
        resource_arn=one.resource,
        region=REGION,
        secure_transport=secure,
        service_context={key.lower(): value for key, value in one.context.items()},
    )


def _is_about_any(statement: dict[str, Any], resources: set[str]) -> bool:
    return any(fnmatchcase(one, item) for item in as_list(statement["Resource"]) for one in resources)


def own(stack: Stack, role: str) -> list[Policy]:
    """A role's policies, the attached ones included."""
    attached = {arn.rpartition("/")[2] for arn in stack.of_type("AWS::IAM::Role")[role].get("ManagedPolicyArns", [])}
    owners = {role} | {
        name for name, made in stack.of_type("AWS::IAM::ManagedPolicy").items() if made["ManagedPolicyName"] in attached
    }
    return [policy for policy in distinct([stack]) if policy.owner in owners and policy.kind == IDENTITY]
