"""What must hold after every fault: checks of what was observed, each with a sentence for each violation.

Nothing here asks a process, so that tests can show of each judgement that it can fail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOCAL_AWS = "local AWS"

Step = tuple[str, str]


@dataclass(frozen=True)
class Strike:
    """What was killed, when, when the local AWS answered again, and how many seconds the machine was behind by then."""

    victim: str
    at: float
    back: float
    behind: float = 0.0

    def spares(self, moment: float, seconds: float) -> bool:
        """Whether what was so at a moment must be so still, where a kill may cost the last `seconds`."""
        return self.victim != LOCAL_AWS or moment < self.at - seconds - self.behind or moment > self.back

    def spares_promise(self, moment: float) -> bool:
        """The same of what is on disk before it is answered: a kill may cost what it met itself."""
        return self.victim != LOCAL_AWS or moment < self.at or moment > self.back


@dataclass(frozen=True)
class Runs:
    """Executions of the pipeline by ARN: their finished steps, and how often the program of each step has ended."""

    steps: Mapping[Step, Mapping[str, Any]]
    ends: Counter[Step]


def runs(arns: Sequence[str], before: Runs, after: Runs) -> list[str]:
    """Each run has all its steps, and what was announced as finished is as it was, to the second."""
    names = ("First", "Second", "Register")
    found = [f"{arn} lacks {name}" for arn in arns for name in names if (arn, name) not in after.steps]
    for step, was in before.steps.items():
        if after.steps.get(step) != was:
            found.append(f"{' '.join(step)} was run again")
        if after.ends[step] != before.ends[step]:
            found.append(f"the job of {' '.join(step)} was run again")
    return found


def versions(before: Collection[str], now: Collection[str], runs_ended: int) -> list[str]:
    """None is lost, none is double: one for each run, numbered without a gap."""
    found = [f"the version {arn} is lost" for arn in before if arn not in now]
    numbers = sorted(int(arn.rsplit("/", 1)[1]) for arn in now)
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"the versions are numbered {numbers}")
    if len(now) != runs_ended:
        found.append(f"{runs_ended} runs registered {len(now)} versions")
    return found


@dataclass(frozen=True)
class Approval:
    """What was approved in a round, whether that was answered, and what was approved last before and after it."""

    asked: str
    acknowledged: bool
    before: str
    after: str


def approval(given: Approval) -> list[str]:
    """An approval that was answered is in force; one that was not is in force or has left no trace."""
    allowed = {given.asked} if given.acknowledged else {given.asked, given.before}
    if given.after in allowed:
        return []
    return [f"{given.asked} was approved (answered: {given.acknowledged}), and {given.after} is approved last"]


@dataclass(frozen=True)
class Serving:
    """What serves: the endpoint's status, the versions of its variants, and those of the programs that run."""

    status: str
    variants: tuple[str, ...]
    programs: tuple[str, ...]
    answer: bytes = b""
    left_over: tuple[int, ...] = ()


def serving(seen: Serving, approved: str, program: str, answer: bytes) -> list[str]:
    """The version approved last serves, alone, by one program that is its own; no job's program is left."""
    found = [f"the endpoint is {seen.status}"] if seen.status != "InService" else []
    if seen.variants != (approved,):
        found.append(f"live is {', '.join(seen.variants) or 'nothing'}, approved last is {approved}")
    if seen.programs != (program,):
        found.append(f"instances of the runs {list(seen.programs)} serve, and one of {program} should")
    if seen.answer != answer:
        found.append(f"the endpoint answered {seen.answer!r}")
    return [*found, *(f"the job's program {pid} is left over" for pid in seen.left_over)]
