"""What must hold after every fault: checks of what was observed, each with a sentence for each violation.

Nothing here asks a process, so that tests can show that each check can fail.
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
    """The victim, the time of the kill, when the local AWS answered again, and by how many seconds it was behind."""

    victim: str
    at: float
    back: float
    behind: float = 0.0

    def spares(self, moment: float, seconds: float) -> bool:
        """Whether what held at a moment must hold still, if a kill may cost the last `seconds`."""
        return self.victim != LOCAL_AWS or moment < self.at - seconds - self.behind or moment > self.back

    def spares_promise(self, moment: float) -> bool:
        """The same for what is on disk before the answer: a kill may cost only what it interrupted."""
        return self.victim != LOCAL_AWS or moment < self.at or moment > self.back


@dataclass(frozen=True)
class Runs:
    """Executions of the pipeline by ARN: their finished steps, and how often the program of each step has ended."""

    steps: Mapping[Step, Mapping[str, Any]]
    ends: Counter[Step]


def runs(arns: Sequence[str], before: Runs, after: Runs) -> list[str]:
    """Each run has all its steps, and finished steps have not changed, to the second."""
    names = ("First", "Second", "Register")
    found = [f"{arn} lacks {name}" for arn in arns for name in names if (arn, name) not in after.steps]
    for step, was in before.steps.items():
        if after.steps.get(step) != was:
            found.append(f"{' '.join(step)} was run again")
        if after.ends[step] != before.ends[step]:
            found.append(f"the job of {' '.join(step)} was run again")
    return found


def versions(before: Collection[str], now: Collection[str], runs_ended: int) -> list[str]:
    """None is lost or duplicated: one for each run, numbered consecutively."""
    found = [f"the version {arn} is lost" for arn in before if arn not in now]
    numbers = sorted(int(arn.rsplit("/", 1)[1]) for arn in now)
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"the versions are numbered {numbers}")
    if len(now) != runs_ended:
        found.append(f"{runs_ended} runs registered {len(now)} versions")
    return found


@dataclass(frozen=True)
class Approval:
    """The version approved in a round, whether that was answered, and the last approved versions before and after."""

    asked: str
    acknowledged: bool
    before: str
    after: str


def approval(given: Approval) -> list[str]:
    """An answered approval is in force; an unanswered one is in force or left no trace."""
    allowed = {given.asked} if given.acknowledged else {given.asked, given.before}
    if given.after in allowed:
        return []
    return [f"{given.asked} was approved (answered: {given.acknowledged}), and {given.after} is approved last"]


@dataclass(frozen=True)
class Serving:
    """The endpoint's status, the versions of its variants, and those of the running programs."""

    status: str
    variants: tuple[str, ...]
    programs: tuple[str, ...]
    answer: bytes = b""
    left_over: tuple[int, ...] = ()


def serving(seen: Serving, approved: str, program: str, answer: bytes) -> list[str]:
    """Only the version approved last serves, by one program; no job's program is left."""
    found = [f"the endpoint is {seen.status}"] if seen.status != "InService" else []
    if seen.variants != (approved,):
        found.append(f"live is {', '.join(seen.variants) or 'nothing'}, approved last is {approved}")
    if seen.programs != (program,):
        found.append(f"instances of the runs {list(seen.programs)} serve, and one of {program} should")
    if seen.answer != answer:
        found.append(f"the endpoint answered {seen.answer!r}")
    return [*found, *(f"the job's program {pid} is left over" for pid in seen.left_over)]
