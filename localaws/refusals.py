"""What is refused of a request beyond its shape: what AWS refuses together, and members that are not emulated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws import errors
from localaws.shapes import Document

Broken = Callable[[Document], str | None]
"""Answers the sentence that AWS refuses a request with, or None for a request that AWS takes."""


@dataclass(frozen=True)
class Rule:
    """A join of members that AWS's model of the request's shape cannot say.

    `source` is a member's documentation in botocore (`botocore: Shape.Member`), a page of AWS, or a public issue that
    shows AWS's answer. `likely` marks a join that AWS documents where nobody has published AWS's words for it.
    """

    holds: str
    source: str
    broken: Broken
    likely: bool = False

    def __call__(self, request: Document) -> None:
        """Raise AWS's ValidationException for a request that breaks the rule."""
        sentence = self.broken(request)
        if sentence:
            raise errors.validation(sentence)


def rule(holds: str, source: str, *, likely: bool = False) -> Callable[[Broken], Rule]:
    """Make a rule of the function below, which answers AWS's sentence; see Rule."""
    return lambda broken: Rule(holds, source, broken, likely)


def check_rules(rules: Sequence[Rule], request: Document) -> None:
    """Raise AWS's error for the first rule that a request breaks."""
    for rule in rules:
        rule(request)


@dataclass(frozen=True)
class Member:
    """What becomes of a member of a request: it is honoured, or refused but for the values that are `allowed`."""

    honoured: bool = False
    allowed: tuple[object, ...] = ()


Members = Mapping[str, Member]
"""Members by their paths, such as `ResourceConfig.InstanceGroups`; a list's items are checked one by one."""

# Values that ask for nothing.
_NOTHING: tuple[object, ...] = (None, False, "None", [], {})


def not_emulated(*paths: str) -> dict[str, Member]:
    """Members that AWS acts on and the local AWS would silently drop."""
    return dict.fromkeys(paths, Member())


def only(*values: object) -> Member:
    """A member of which only these values are emulated."""
    return Member(allowed=values)


def check_members(members: Members, request: Document) -> None:
    """Raise an error that names the members that the local AWS does not act on, and what it takes instead."""
    for path, member in members.items():
        for value in () if member.honoured else _values(request, path.split(".")):
            if value not in (*_NOTHING, *member.allowed):
                given = f" {value}" if isinstance(value, str) else ""
                instead = f"give {' or '.join(map(str, member.allowed))}" if member.allowed else "leave it out"
                raise errors.validation(f"The local AWS does not emulate {path}{given}; {instead}.")


def _values(document: Any, names: list[str]) -> Iterator[Any]:  # noqa: ANN401 - JSON of any type
    if isinstance(document, list) and names:
        for item in document:
            yield from _values(item, names)
    elif not names:
        yield document
    elif isinstance(document, dict) and names[0] in document:
        yield from _values(document[names[0]], names[1:])
