"""Compares calls with allowances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.access.calls import Call
from tests.access.policies import Allowance

# Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_FREE = frozenset({"sts:GetCallerIdentity"})


@dataclass(frozen=True)
class Use:
    """An allowance and the number of distinct calls that it covered, of all roles that share it."""

    allowance: Allowance
    calls: int


def uses(allowances: Sequence[Allowance], calls: Sequence[Call]) -> list[Use]:
    """How often each allowance was used."""
    made = _by_role(calls)
    return [Use(one, sum(one.covers(call) for role in one.users for call in made[role])) for one in allowances]


def findings(used: Sequence[Use], calls: Sequence[Call]) -> Iterator[str]:
    """A sentence for each call that is not allowed, and each allowance that is neither used nor explained."""
    allowed: defaultdict[str, list[Allowance]] = defaultdict(list)
    for use in used:
        allowed[use.allowance.role].append(use.allowance)
    for call in calls:
        if call.action in _FREE:
            continue
        # Roles that tests create, for refusals or jobs of their own, are not the template's.
        if call.role not in allowed:
            continue
        if not call.allowed:
            yield f"{call.role} was denied {call.action} on {call.resource}."
        elif not any(allowance.covers(call) for allowance in allowed[call.role]):
            yield f"{call.role} called {call.action} on {call.resource}, which no statement of its policy allows."
    for use in used:
        if not use.calls and not use.allowance.reason:
            yield (
                f"{use.allowance.role} is allowed {use.allowance.action} ({use.allowance.statement}), which nothing "
                "used and no comment on its line explains: use it in an end-to-end test, explain it, or take it away."
            )


def _by_role(calls: Sequence[Call]) -> Mapping[str, Sequence[Call]]:
    made: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        made[call.role].append(call)
    return made
