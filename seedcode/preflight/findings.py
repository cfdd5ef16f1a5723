"""All checks before a deployment, in the order in which a person would fix what they find."""

from __future__ import annotations

from dataclasses import dataclass, field

from seedcode.preflight import account, limits, names, quotas, region
from seedcode.stack.parameters import find_faults
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import Stack, describe, find_obstacle


@dataclass(frozen=True)
class Findings:
    """What stands against a deployment, and what could not be looked at."""

    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def inspect(aws: Account, spec: Spec, *, on_laptop: bool) -> Findings:
    """Look at everything that can be known before something is created.

    A laptop has no quotas, and its local AWS takes up a repository that is there, which AWS refuses.
    """
    stack = describe(aws.client("cloudformation"), spec.stack)
    obstacle = find_obstacle(stack)
    refusals = [
        *account.check(aws),
        *region.check(aws.region),
        *limits.check(spec.template),
        *find_faults(spec.template, spec.values(stack)),
        *([obstacle] if obstacle else []),
    ]
    # With a parameter that is wrong, what would follow from it is not worth a sentence.
    if not refusals:
        refusals += names.check(aws, spec, stack, with_kept=stack is None and not on_laptop)
    return Findings(refusals) if on_laptop else _with_quotas(aws, spec, stack, refusals)


def _with_quotas(aws: Account, spec: Spec, stack: Stack | None, refusals: list[str]) -> Findings:
    found = quotas.check(aws, spec.values(stack))
    return Findings([*refusals, *found.refusals], found.notes)
