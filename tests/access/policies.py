"""What the template allows each role: one allowance an action of a statement, with the comment that explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import cached_property
from typing import Any

from tests.access.calls import Call
from tests.access.document import Document
from tests.access.values import patterns


@dataclass(frozen=True)
class Allowance:
    """An action that a statement allows on resources, and why the end-to-end tests may not use it."""

    role: str
    statement: str
    action: str
    resources: tuple[str, ...]
    reason: str
    # All roles that have the statement: of a managed policy, those that it is attached to.
    shared_by: frozenset[str] = frozenset()

    @cached_property
    def users(self) -> frozenset[str]:
        """All roles whose calls count as its use."""
        return self.shared_by | {self.role}

    def covers(self, call: Call) -> bool:
        """Whether the call is within this allowance, whoever made it and ignoring its conditions."""
        return bool(self._actions.match(call.action.lower())) and any(
            place.match(call.resource) for place in self._places
        )

    # fnmatch keeps fewer patterns than a template has, and would compile them again for every call.
    @cached_property
    def _actions(self) -> re.Pattern[str]:
        return re.compile(translate(self.action.lower()))

    @cached_property
    def _places(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(translate(pattern)) for pattern in self.resources)


def allowances(document: Document) -> Iterator[Allowance]:
    """All allowances of all roles."""
    managed = dict(document.of_type("AWS::IAM::ManagedPolicy"))
    roles = {
        next(patterns(document, role.get("RoleName", logical))): role
        for logical, role in document.of_type("AWS::IAM::Role")
    }
    sharing = {
        policy: frozenset(
            name for name, role in roles.items() if policy in _attached(role.get("ManagedPolicyArns", []))
        )
        for policy in managed
    }
    for name, role in roles.items():
        for policy in _policies(role.get("Policies", [])):
            yield from _of_policy(document, name, policy["PolicyDocument"])
        for attached in _attached(role.get("ManagedPolicyArns", [])):
            if attached in managed:
                for one in _of_policy(document, name, managed[attached]["PolicyDocument"]):
                    yield replace(one, shared_by=sharing[attached])


def _policies(value: Any) -> Iterator[dict[str, Any]]:
    """A role's own policies, including those that a condition excludes."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict) and "If" in value:
        for branch in value["If"][1:]:
            yield from _policies(branch)


def _of_policy(document: Document, role: str, policy: dict[str, Any]) -> Iterator[Allowance]:
    for statement in _statements(policy["Statement"]):
        if statement["Effect"] == "Allow":
            sid = statement.get("Sid", "")
            actions = statement["Action"]
            resources = tuple(patterns(document, statement["Resource"]))
            for action in actions if isinstance(actions, list) else [actions]:
                reason = document.comment(action) or document.comment(sid)
                yield Allowance(role, str(sid), str(action), resources, reason)


def _statements(listed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The statements, including those that a condition excludes."""
    for one in listed:
        if "If" in one:
            yield from _statements([branch for branch in one["If"][1:] if "Ref" not in branch])
        else:
            yield one


def _attached(value: Any) -> Iterator[str]:
    """The logical names of the policies that a role's ManagedPolicyArns refer to, whatever the conditions."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "Ref":
                yield item
            else:
                yield from _attached(item)
    elif isinstance(value, list):
        for item in value:
            yield from _attached(item)
