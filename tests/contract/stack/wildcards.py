"""Wildcards in the template's policies: each either is narrowed by a name of the project, or says why it cannot be."""

from __future__ import annotations

import re

# A resource's line, as an item of a list or bare; Action lines hold no wildcard that this is about.
_RESOURCE = re.compile(r"^\s*(?:- |Resource: )(?P<value>!Sub .*|\"?arn:.*|\"\*\".*)$")
_OURS = ("${SageMakerProjectName}", "${Bucket}", "${SeedBucket}")


def unexplained(text: str) -> list[tuple[int, str]]:
    """Numbers and text of lines whose resource has a wildcard that names nothing of the project, and no comment."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _RESOURCE.match(line)
        if match and _is_wide(match["value"]):
            found.append((number, line.strip()))
    return found


def _is_wide(value: str) -> bool:
    resource, _, comment = value.partition(" #")
    named = any(name in resource for name in _OURS)
    return "*" in resource and not named and not comment.strip()
