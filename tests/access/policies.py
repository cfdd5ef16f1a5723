"""What the template allows each role: one allowance an action of a statement, with the comment that explains it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
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

    def allows(self, call: Call) -> bool:
        """Whether the call is within this allowance, its conditions aside."""
        return (
            call.role == self.role
            and fnmatchcase(call.action.lower(), self.action.lower())
            and any(fnmatchcase(call.resource, pattern) for pattern in self.resources)
        )


def allowances(document: Document) -> Iterator[Allowance]:
    """All allowances of all roles."""
    managed = dict(document.of_type("AWS::IAM::ManagedPolicy"))
    for logical, role in document.of_type("AWS::IAM::Role"):
        name = next(patterns(document, role.get("RoleName", logical)))
        for policy in role.get("Policies", []):
            yield from _of_policy(document, name, policy["PolicyDocument"])
        for attached in _attached(role.get("ManagedPolicyArns", [])):
            if attached in managed:
                yield from _of_policy(document, name, managed[attached]["PolicyDocument"])


def _of_policy(document: Document, role: str, policy: dict[str, Any]) -> Iterator[Allowance]:
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow":
            sid = statement.get("Sid", "")
            actions = statement["Action"]
            resources = tuple(patterns(document, statement["Resource"]))
            for action in actions if isinstance(actions, list) else [actions]:
                reason = document.comment(action) or document.comment(sid)
                yield Allowance(role, str(sid), str(action), resources, reason)


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
