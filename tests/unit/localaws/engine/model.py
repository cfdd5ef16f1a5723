"""A pipeline engine of forty lines, to hold the real one against: one step at a time, in the definition's order."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from localaws.shapes import Document

TRAINING: Document = {
    "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
    "RoleArn": "arn:aws:iam::000000000000:role/pipeline",
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}


@dataclass(frozen=True)
class Drawn:
    """A step. A condition holds where the parameter P is `wanted`; `uses` says whether the arguments name P."""

    name: str
    kind: str
    after: tuple[str, ...]
    guard: tuple[str, bool] | None
    wanted: int = 0
    uses: bool = False
    cached: bool = False
    again: int = 0
    faults: tuple[bool, ...] = ()
    """How its first attempts fail: True where a retry policy may try again."""


@st.composite
def graphs(draw: st.DrawFn) -> list[Drawn]:
    """Up to seven steps in the order of their definition: a branch's steps come right after their condition."""
    made: list[Drawn] = []
    for number in range(draw(st.integers(1, 7))):
        conditions = [step.name for step in made if step.kind == "Condition"]
        before = [step.name for step in made if step.kind == "Training"]
        step = Drawn(
            name=f"S{number}",
            kind=draw(st.sampled_from(["Training"] * 6 + ["Condition"] * 3 + ["Fail"])),
            after=tuple(sorted(draw(st.sets(st.sampled_from(before), max_size=2)) if before else ())),
            guard=draw(st.none() | st.tuples(st.sampled_from(conditions), st.booleans())) if conditions else None,
            wanted=draw(st.integers(0, 1)),
            uses=draw(st.booleans()),
            cached=draw(st.booleans()),
            again=draw(st.integers(1, 2)),
            faults=tuple(draw(st.lists(st.sampled_from([True, True, False]), max_size=3))),
        )
        made.append(step if step.kind == "Training" else _plain(step))
    return list(_flat(made, None))


def _plain(step: Drawn) -> Drawn:
    return Drawn(step.name, step.kind, step.after, step.guard, step.wanted)


def _flat(made: list[Drawn], guard: tuple[str, bool] | None) -> list[Drawn]:
    """The order of the definition's text: a condition, what runs where it holds, what runs where it does not."""
    found: list[Drawn] = []
    for step in made:
        if step.guard == guard:
            found += [step, *_flat(made, (step.name, True)), *_flat(made, (step.name, False))]
    return found


@dataclass
class Model:
    """What the engine must do; `kept` are results that the cache may give, by step and value of P, with their run."""

    steps: list[Drawn]
    kept: dict[tuple[str, int | None], str] = field(default_factory=dict)
    left: dict[str, list[bool]] = field(init=False)

    def __post_init__(self) -> None:
        self.left = {step.name: list(step.faults) for step in self.steps}

    def start(self, arn: str, parameter: int, stopper: str | None = None) -> Execution:
        """A new execution; the step `stopper` asks for its stop as it begins."""
        return Execution(self, arn, parameter, stopper)


@dataclass
class Execution:
    """One execution: each started step's status, the attempts in their order, and what came from the cache."""

    model: Model
    arn: str
    parameter: int
    stopper: str | None
    status: str = "Executing"
    statuses: dict[str, str] = field(default_factory=dict)
    attempts: list[str] = field(default_factory=list)
    hits: dict[str, str] = field(default_factory=dict)
    stopping: bool = False

    def run(self) -> None:
        """Run what has not succeeded, until something fails, stops, or nothing is left that may start."""
        self.stopping, tried = False, set()
        while not self.stopping and "Failed" not in {self.statuses[name] for name in tried}:
            ready = [step for step in self.model.steps if step.name not in tried and self._may_start(step)]
            if not ready:
                break
            tried.add(ready[0].name)
            self.statuses[ready[0].name] = self._one(ready[0])
        failed = "Failed" in {self.statuses[name] for name in tried}
        self.status = "Failed" if failed else "Stopped" if self.stopping else "Succeeded"

    def _may_start(self, step: Drawn) -> bool:
        succeeded = {name for name, status in self.statuses.items() if status == "Succeeded"}
        guarded = step.guard is None or (step.guard[0] in succeeded and self._outcome(step.guard[0]) == step.guard[1])
        return step.name not in succeeded and set(step.after) <= succeeded and guarded

    def _outcome(self, name: str) -> bool:
        return next(step.wanted for step in self.model.steps if step.name == name) == self.parameter

    def _one(self, step: Drawn) -> str:
        if step.kind != "Training":
            return "Failed" if step.kind == "Fail" else "Succeeded"
        key = (step.name, self.parameter if step.uses else None)
        self.hits.pop(step.name, None)
        if step.cached and key in self.model.kept:
            self.hits[step.name] = self.model.kept[key]
            return "Succeeded"
        for attempt in range(1, step.again + 2):
            self.attempts.append(step.name)
            self.stopping = self.stopping or step.name == self.stopper
            if not self.model.left[step.name]:
                self.model.kept[key] = self.arn
                return "Succeeded"
            if not self.model.left[step.name].pop(0) or attempt > step.again:
                return "Failed"
            if self.stopping:
                return "Stopped"
        raise AssertionError("a loop that always answers")


def body(step: Drawn, steps: list[Drawn]) -> Document:
    """A step as a definition has it."""
    made: Document = {"Name": step.name, "Type": step.kind, "DependsOn": list(step.after)}
    if step.kind == "Condition":
        asked = {"Type": "Equals", "LeftValue": {"Get": "Parameters.P"}, "RightValue": step.wanted}
        branches = {
            member: [body(each, steps) for each in steps if each.guard == (step.name, outcome)]
            for member, outcome in (("IfSteps", True), ("ElseSteps", False))
        }
        return {**made, "Arguments": {"Conditions": [asked], **branches}}
    if step.kind == "Fail":
        return {**made, "Arguments": {"ErrorMessage": "so it is"}}
    policy = {"ExceptionType": ["Step.THROTTLING"], "IntervalSeconds": 0, "MaxAttempts": step.again}
    return {
        **made,
        "Arguments": {
            **TRAINING,
            "HyperParameters": {
                "x": {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.P"}]}} if step.uses else "1"
            },
        },
        "CacheConfig": {"Enabled": step.cached, "ExpireAfter": "P1D"},
        "RetryPolicies": [policy],
    }
