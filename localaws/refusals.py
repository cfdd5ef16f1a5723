"""What is refused of a request beyond its shape: what AWS refuses together, and members that are not emulated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.model import Shape

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
class Members:
    """What becomes of each member of a request; a path such as `ResourceConfig.InstanceCount` stands for all below it.

    `honoured` are acted on. `kept` are described back, and nothing else is made of them: what they ask for has no
    meaning on a laptop (keys, volumes), or AWS too does no more. Of a member in `only` no other values are taken. What
    none of them names, and what `refused` names within them, is refused, so that nothing is accepted and dropped.
    """

    honoured: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    only: Mapping[str, tuple[object, ...]] = field(default_factory=dict)

    def below(self, path: str) -> Members:
        """The same members, as they stand below a path of another request."""

        def moved(paths: Iterable[str]) -> frozenset[str]:
            return frozenset(f"{path}.{name}" for name in paths)

        return Members(
            moved(self.honoured),
            moved(self.kept),
            moved(self.refused),
            {f"{path}.{name}": values for name, values in self.only.items()},
        )

    def __or__(self, other: Members) -> Members:
        """The members of both."""
        return Members(
            self.honoured | other.honoured,
            self.kept | other.kept,
            self.refused | other.refused,
            {**self.only, **other.only},
        )

    def side(self, path: str) -> str:
        """What becomes of a member: honoured, kept, only or refused; the longest path that leads to it decides."""
        names = path.split(".")
        for length in range(len(names), -1, -1):
            place = ".".join(names[:length])
            for side in ("only", "refused", "kept", "honoured"):
                if place in getattr(self, side):
                    return side
        return "refused"

    def refused_part(self, path: str) -> str:
        """The shortest path on the way to a refused member below which nothing is declared otherwise."""
        names = path.split(".")
        declared = self.honoured | self.kept | self.only.keys()
        for length in range(1, len(names)):
            place = ".".join(names[:length])
            if self.side(place) == "refused" and not any(other.startswith(f"{place}.") for other in declared):
                return place
        return path


def members(
    honoured: str = "", *, kept: str = "", refused: str = "", only: Mapping[str, tuple[object, ...]] | None = None
) -> Members:
    """Declare members, each side as words; see Members."""
    return Members(frozenset(honoured.split()), frozenset(kept.split()), frozenset(refused.split()), only or {})


def all_but(refused: str = "", *, kept: str = "", only: Mapping[str, tuple[object, ...]] | None = None) -> Members:
    """Declare that every member is honoured, but for some."""
    return Members(frozenset({""}), frozenset(kept.split()), frozenset(refused.split()), only or {})


_LONGEST = 60  # of a value that is said again
# Values that ask for nothing.
_NOTHING: tuple[object, ...] = (None, False, "None", [], {})


def check_members(members: Members, shape: Shape | None, request: Document, code: str = "ValidationException") -> None:
    """Raise an error that names a member that the local AWS does not act on, and what it takes instead.

    Members that the shape does not have are passed over: those are for who calls from within.
    """
    for path, value in _leaves(shape, request, ""):
        side = members.side(path)
        if side in ("honoured", "kept") or value in _NOTHING:
            continue
        allowed = members.only.get(path, ())
        if value not in allowed:
            named = path if allowed else members.refused_part(path)
            given = f" {value}" if isinstance(value, str) and len(value) <= _LONGEST and named == path else ""
            instead = f"give {' or '.join(map(str, allowed))}" if allowed else "leave it out"
            raise errors.AwsError(code, f"The local AWS does not emulate {named}{given}; {instead}.")


def _leaves(shape: Shape | None, value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON of any type
    """The members of a request that hold no others, each with its path; of a map, the whole."""
    if shape is not None and shape.type_name == "structure" and isinstance(value, dict) and value:
        for name, item in value.items():
            if name in shape.members:
                yield from _leaves(shape.members[name], item, f"{path}.{name}" if path else name)
    elif shape is not None and shape.type_name == "list" and isinstance(value, list) and value:
        for item in value:
            yield from _leaves(shape.member, item, path)
    elif path:
        yield path, value
