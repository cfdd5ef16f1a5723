"""What CloudFormation asks of a role before it makes, reads, changes or deletes a resource.

The registry's schema of each type lists what its handlers call (handlers.json, see tests/contract/stack/handlers.py).
Of that, what a property is for is asked where the property is there or changes; the rest is always asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from localaws.iam.checks import Check
from localaws.settings import Settings
from localaws.stacks.conditions import ONLY_FOR, PASSED, UNTOLD
from localaws.stacks.names import arns
from localaws.stacks.places import place
from localaws.stacks.resource import Resource, values

CREATE, READ, UPDATE, DELETE = "create", "read", "update", "delete"
_REMOVING = re.compile(r":(Delete|Detach|Disable|Disassociate|Remove|Retire|Unsubscribe|Untag)")
_UNTAGGING = re.compile(r":(Untag|DeleteTags|DeleteBucketTagging)")
_READING = re.compile(r":(Get|List)")
# Of another service, for as long as the property is there: a key is used, and a network read, in each change.
_HELD = ("ec2", "iam", "kms")
_ATTACHING = {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}
_CALLS_NOTHING = {"AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"}


@cache
def load_handlers() -> dict[str, dict[str, Any]]:
    """Each known type's part of the registry."""
    text = resources.files(__package__).joinpath("handlers.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    for kind, handlers in UNTOLD.items():
        found[kind] |= {verb: actions.split() for verb, actions in handlers.items()}
    return found


def is_known(kind: str) -> bool:
    """Whether it is known what a type's handlers ask for."""
    return kind in load_handlers() or kind in _CALLS_NOTHING or _is_custom(kind)


def _is_custom(kind: str) -> bool:
    """Whether somebody's function or topic is called for a type."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def replaces(resource: Resource) -> bool:
    """Whether a change makes the resource anew: it touches what can only be given at creation."""
    return any(
        next(values(resource.old, path), None) != next(values(resource.new, path), None)
        for path in load_handlers().get(resource.kind, {}).get("create_only", [])
    )


@cache
def tags(kind: str, action: str) -> bool:
    """Whether an action tags a resource of a type, which CloudFormation tells apart when it is refused."""
    return action in load_handlers().get(kind, {}).get("tag_actions", []) and not _READING.search(action)


def checks(settings: Settings, verb: str, resource: Resource) -> Iterator[Check]:
    """All that a policy must allow for a verb; a resource that is made or changed is read afterwards."""
    if _is_custom(resource.kind) and verb != READ:
        token = str(resource.properties.get("ServiceToken", ""))
        yield Check("sns:Publish" if ":sns:" in token else "lambda:InvokeFunction", token)
    for handler in (verb, READ) if verb in (CREATE, UPDATE) else (verb,):
        for action in load_handlers().get(resource.kind, {}).get(handler, []):
            if _is_called(resource, handler, action):
                yield from _checks(settings, resource, action)


def _is_called(resource: Resource, verb: str, action: str) -> bool:
    if action == "iam:PassRole":
        return verb in (CREATE, UPDATE)
    paths = _only_for(resource.kind, action)
    if tags(resource.kind, action):
        return _is_tagging(resource, verb, action) and (not paths or any(map(resource.has, paths)))
    return not paths or any(path and _is_for(resource, verb, action, path) for path in paths)


@cache
def _only_for(kind: str, action: str) -> tuple[str, ...]:
    """The properties that an action is for; none where it is called for each resource."""
    return tuple(path for path, actions in ONLY_FOR.get(kind, {}).items() if action in actions.split())


def _is_tagging(resource: Resource, verb: str, action: str) -> bool:
    """CloudFormation's own tags come with the creation, the template's and the stack's whenever they change."""
    kind = load_handlers()[resource.kind]
    own = resource.without_system_tags(kind["tags"])
    if _UNTAGGING.search(action):
        return verb == UPDATE and own.removes(kind["tags"])
    if verb == CREATE:
        return kind["system_tags"] or own.has(kind["tags"])
    return verb == UPDATE and own.adds(kind["tags"])


def _is_for(resource: Resource, verb: str, action: str, path: str) -> bool:
    service = action.partition(":")[0]
    held = service in _HELD and service != resource.kind.split("::")[1].lower()
    if verb != UPDATE or held:
        return resource.has(path)
    return resource.removes(path) if _REMOVING.search(action) else resource.adds(path)


def _checks(settings: Settings, resource: Resource, action: str) -> Iterator[Check]:
    if action == "iam:PassRole":
        yield from _passing(resource)
        return
    if action in _ATTACHING:
        yield from _attaching(settings, resource, action)
        return
    found = place(settings, resource, action)
    for arn in arns(settings, resource) if found is None else found:
        yield Check(action, arn, _context(resource, action))


def _passing(resource: Resource) -> Iterator[Check]:
    service, paths = PASSED.get(resource.kind, ("", ()))
    roles = {role for path in paths for role in values(resource.properties, path) if isinstance(role, str) and role}
    for role in sorted(roles):
        yield Check("iam:PassRole", role, {"iam:PassedToService": f"{service}.amazonaws.com"})


def _attaching(settings: Settings, resource: Resource, action: str) -> Iterator[Check]:
    """A question for each policy that a role gets or loses, and each role that a policy is given to or taken from."""
    old, new = resource.old, resource.new
    first, second = (old, new) if _REMOVING.search(action) else (new, old)
    if resource.kind == "AWS::IAM::ManagedPolicy":
        (policy,) = arns(settings, resource)
        names = [name for name in values(first, "Roles/*") if name not in list(values(second, "Roles/*"))]
        found = [(f"arn:aws:iam::{settings.account}:role/{name}", policy) for name in names]
    else:
        (role,) = arns(settings, resource)
        path = "ManagedPolicyArns/*"
        found = [(role, str(one)) for one in values(first, path) if one not in list(values(second, path))]
    for place_, policy in found:
        yield Check(action, place_, {**_context(resource, action), "iam:PolicyARN": policy})


def _context(resource: Resource, action: str) -> dict[str, str | list[str]]:
    """The condition keys that IAM has for its own actions, and those of tags."""
    boundary = resource.properties.get("PermissionsBoundary")
    if action == "iam:CreateServiceLinkedRole":
        return {"iam:AWSServiceName": "sagemaker.application-autoscaling.amazonaws.com"}
    if action.startswith("iam:") and isinstance(boundary, str):
        return {"iam:PermissionsBoundary": boundary}
    return {}
