"""Who deploys for the first time, without a role for CloudFormation, is asked for all that it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from ministack.core import iam_evaluator

from localaws.iam.checks import Check
from localaws.stacks.permissions import CREATE, checks
from localaws.stacks.resource import Resource
from seedcode.stack.template import load
from tests.contract.stack.deployment import KNOWN, SETTINGS, is_allowed
from tests.contract.stack.resolve import Stack
from tests.contract.stack.variants import CODE
from tests.rehearsal.people import PAGE, policies


@pytest.mark.parametrize("given", [{}, CODE], ids=["without code", "with code"])
def test_the_page_s_policy_suffices_for_a_new_stack(given: dict[str, str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    found = policies(text, "who-deploys-for-the-first-time", load(), KNOWN)
    parsed = [iam_evaluator.parse_policy_document(json.dumps(policy)) for policy in found]
    lacking = {(one.action, one.resource) for one in _made(Stack(load(), given)) if not is_allowed(parsed, one)}
    assert lacking == set()


def _made(stack: Stack) -> Iterator[Check]:
    for name, entry in stack.resources.items():
        yield from checks(SETTINGS, CREATE, Resource(entry["Type"], "scones", name, new=entry.get("Properties", {})))
