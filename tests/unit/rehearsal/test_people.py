"""Whose rights a step needs is a chapter of permissions.md, whose policies are ones that AWS takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from parliament import analyze_policy_string

from seedcode.stack.template import load
from tests.rehearsal import page, people

TEXT = people.PAGE.read_text(encoding="utf-8")
KNOWN = {"NAME": "scones", "ACCOUNT": "0" * 12, "REGION": "us-east-1", "BUCKET": "scones-bucket", "KEY": "1234"}
CHAPTERS = sorted({step.rights for step in page.parse(page.PAGE.read_text(encoding="utf-8")) if step.rights})
ESCALATION = {"PRIVILEGE_ESCALATION", "RESOURCE_POLICY_PRIVILEGE_ESCALATION"}


def _policies(chapter: str) -> list[dict[str, Any]]:
    return people.policies(TEXT, chapter, load(), KNOWN)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_policies_that_the_page_links_to_are_well_formed_and_filled_in(chapter: str) -> None:
    # The template's own policies are held by tests/contract/stack/test_policies.py.
    for policy in people.policies(TEXT.replace(people.ADDED, ""), chapter, load(), KNOWN):
        text = json.dumps(policy)
        # Who deploys first makes roles and policies: that these rights can be widened is known.
        found = {one.issue for one in analyze_policy_string(text).findings} - {"RESOURCE_MISMATCH"}
        found -= ESCALATION if chapter == "who-deploys-for-the-first-time" else set()
        assert found == set()
        assert not [name for name in KNOWN if f":{name}:" in text or f"/{name}" in text or f"{name}-" in text]


def test_who_deploys_first_has_the_rights_of_the_deploy_role_with_its_conditions() -> None:
    own, *of_role = _policies("who-deploys-for-the-first-time")
    actions = {action for policy in of_role for entry in policy["Statement"] for action in _listed(entry["Action"])}
    assert {"iam:CreateRole", "lambda:CreateFunction", "s3:PutLifecycleConfiguration"} <= actions
    assert "iam:CreateRole" not in json.dumps(own)
    assert "Fn::" not in json.dumps(of_role)
    assert any("iam:PassedToService" in json.dumps(policy) for policy in of_role)


def test_a_chapter_that_is_not_there_or_has_no_policy_is_a_sentence() -> None:
    with pytest.raises(people.PermissionsError, match="has no chapter #who-pays"):
        _policies("who-pays")
    with pytest.raises(people.PermissionsError, match="#who-looks has no policy"):
        people.policies("## Who looks\n\nNothing.\n", "who-looks", load(), KNOWN)


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
