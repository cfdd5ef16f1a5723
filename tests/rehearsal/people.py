"""The page's readers: roles with exactly the rights of docs/permissions.md, one for each chapter.

A chapter's policies are its `json` blocks, with NAME, ACCOUNT, REGION, BUCKET and KEY to be filled in. The sentence
`FoundationRole's statements` stands for those of the template's role of that name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seedcode.stack.resolve import Resolver, pseudo_parameters
from seedcode.stack.spec import Spec
from seedcode.stack.template import Template

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
FOUNDATION = "FoundationRole"
ADDED = "Added to the statements of the template's `FoundationRole`"

KEY_ARN = {"Fn::GetAtt": ["Key", "Arn"]}
ANY_KEY = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"

_CHAPTER = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Policy = dict[str, Any]


class PermissionsError(Exception):
    """docs/permissions.md lacks what docs/aws.md links to."""


def fragment(heading: str) -> str:
    """How a link names a heading, as GitHub does."""
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


def policies(text: str, chapter: str, template: Template, known: Mapping[str, str]) -> list[Policy]:
    """The policies of a chapter, filled in with `known`; raises PermissionsError where there is none."""
    parts = _CHAPTER.split(text)
    bodies = {fragment(title): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    if chapter not in bodies:
        raise PermissionsError(
            f"docs/permissions.md has no chapter #{chapter}, which docs/aws.md links to; it has {', '.join(bodies)}."
        )
    found = [_fill_in(block, known) for block in _BLOCK.findall(bodies[chapter])]
    if not found:
        raise PermissionsError(f"docs/permissions.md#{chapter} has no policy, a block of `json`.")
    return found + (_foundation(template, known) if ADDED in bodies[chapter] else [])


def _fill_in(block: str, known: Mapping[str, str]) -> Policy:
    for name, value in known.items():
        block = re.sub(rf"\b{name}\b", value, block)
    policy: Policy = json.loads(block)
    return policy


def _foundation(template: Template, known: Mapping[str, str]) -> list[Policy]:
    """What the template's FoundationRole may do, before there is a stack to ask."""
    spec = Spec(known["NAME"], template)
    values = spec.values(None, {"CodeVersion": "0"}) | pseudo_parameters(known["ACCOUNT"], known["REGION"], spec.stack)
    resolver = Resolver(template.document, {**values, "Bucket": known["BUCKET"]})
    role = template.resources[FOUNDATION]["Properties"]
    attached = [one["Ref"] for one in role.get("ManagedPolicyArns", []) if one.get("Ref") in template.resources]
    documents = [template.resources[name]["Properties"]["PolicyDocument"] for name in attached]
    documents += [one["PolicyDocument"] for one in role.get("Policies", [])]
    return [_resolve(resolver, document) for document in documents]


def _resolve(resolver: Resolver, node: Any) -> Any:
    """A node of a template with its functions written out; what a condition leaves out is left out."""
    if isinstance(node, list):
        return [_resolve(resolver, item) for item in node if not _is_left_out(resolver, item)]
    if not isinstance(node, dict):
        return node
    name = next(iter(node), "")
    if name == "Fn::If":
        return _resolve(resolver, _branch(resolver, node))
    if name == "Ref" or name.startswith("Fn::"):
        # A key has no ARN before it is created.
        text = resolver.text(node if node != KEY_ARN else {"Fn::Sub": ANY_KEY})
        if text is None:
            raise PermissionsError(f"{FOUNDATION} has {json.dumps(node)}, which is unknown before there is a stack.")
        return text
    return {key: _resolve(resolver, item) for key, item in node.items() if not _is_left_out(resolver, item)}


def _branch(resolver: Resolver, node: dict[str, Any]) -> Any:
    condition, holds, otherwise = node["Fn::If"]
    return holds if resolver.holds(condition) else otherwise


def _is_left_out(resolver: Resolver, node: Any) -> bool:
    if isinstance(node, dict) and "Fn::If" in node:
        return _is_left_out(resolver, _branch(resolver, node))
    return bool(node == {"Ref": "AWS::NoValue"})
