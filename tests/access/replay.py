"""The last end-to-end run against the template: `make access` runs this file after the tests that wrote the logs.

It prints what each role may do and has used. SCONES_ACCESS_DIR names the folder of the logs.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest

from tests.access import calls, check, policies
from tests.access.document import Document

TEMPLATE = Path(__file__).parents[2] / "seedcode" / "template.yaml"
FOLDER = Path(os.environ.get("SCONES_ACCESS_DIR", ".scones/access"))


def test_roles_were_allowed_what_they_did_and_did_or_explain_what_they_are_allowed() -> None:
    made = list(calls.read(FOLDER))
    assert made, f"No log in {FOLDER}: run the end-to-end tests with SCONES_ACCESS_DIR set to it."
    allowed = list(policies.allowances(Document(TEMPLATE.read_text(encoding="utf-8"))))
    used = check.uses(allowed, made)
    print("\n" + "\n".join(table(used)))
    found = list(check.findings(used, made))
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def table(used: Sequence[check.Use]) -> list[str]:
    """Lines: each role, and below it its allowances with the number of distinct calls or why there are none."""
    lines = []
    for role, group in groupby(sorted(used, key=_role), _role):
        lines.append(role)
        for use in group:
            name = f"{use.allowance.action} ({use.allowance.statement})"
            lines.append(f"  {name:<72} {use.calls or '-':>6}  {'' if use.calls else use.allowance.reason}".rstrip())
    return lines


def _role(use: check.Use) -> str:
    return use.allowance.role
