"""One join of a request's members: what it says, where AWS says it, and AWS's answer to a request that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localaws.errors import AwsError
from localaws.shapes import Document

Broken = Callable[[Document], str | None]
"""Answers the sentence that AWS refuses a request with, or None for a request that AWS takes."""


@dataclass(frozen=True)
class Rule:
    """A join that AWS's model of the request's shape cannot say.

    `source` is a member's documentation in botocore (`botocore: Shape.Member`), a page of AWS, or a public issue that
    shows AWS's answer. `likely` marks a join that AWS documents where nobody has published AWS's words for it.
    """

    holds: str
    source: str
    broken: Broken
    likely: bool = False


def check(rules: Sequence[Rule], request: Document) -> None:
    """Raise AWS's ValidationException for the first rule that a request breaks."""
    for rule in rules:
        sentence = rule.broken(request)
        if sentence:
            raise AwsError("ValidationException", sentence)
