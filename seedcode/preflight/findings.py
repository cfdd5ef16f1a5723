"""All checks before a deployment, in the order in which a person would fix what they find."""

from __future__ import annotations

from dataclasses import dataclass, field

from seedcode.preflight import names, quotas, region
from seedcode.stack.spec import Account, Spec, find_faults
from seedcode.stack.state import Stack, describe, find_obstacle
from seedcode.stack.template import LARGEST_BYTES, MOST, Template

LONGEST_DESCRIPTION = 1024


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
        *check_account(aws),
        *region.check(aws.region),
        *check_limits(spec.template),
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


def check_account(aws: Account) -> list[str]:
    """Say when the credentials are another account's than the one that is meant."""
    caller = aws.client("sts").get_caller_identity()
    if caller["Account"] == aws.account:
        return []
    return [
        f"The credentials are of account {caller['Account']} ({caller['Arn']}), and SCONES_ACCOUNT_ID is "
        f"{aws.account}; sign in to that account, or leave SCONES_ACCOUNT_ID out."
    ]


def check_limits(template: Template) -> list[str]:
    """Say which limits the template breaks."""
    found = []
    if template.size > LARGEST_BYTES:
        found.append(f"The template has {template.size} bytes; CloudFormation takes {LARGEST_BYTES}.")
    for section, most in MOST.items():
        count = len(template.document.get(section, {}))
        if count > most:
            found.append(f"The template has {count} {section.lower()}; CloudFormation takes {most}.")
    length = len(template.document.get("Description", "").encode())
    if length > LONGEST_DESCRIPTION:
        found.append(f"The template's description has {length} bytes; CloudFormation takes {LONGEST_DESCRIPTION}.")
    return found
