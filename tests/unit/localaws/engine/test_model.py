"""The engine against a model of it: drawn graphs with branches, failures, retry policies, caches, stops and retries."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localaws.engine import attempt
from localaws.engine.retries import THROTTLING, Failure
from tests.unit.localaws.engine.model import Drawn, Execution, Model, body, graphs

if TYPE_CHECKING:
    from localaws.engine.context import StepContext
    from localaws.shapes import Document
    from tests.unit.localaws.conftest import Runs

repeatable = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PARAMETER = {"Name": "P", "Type": "Integer", "DefaultValue": 0}
numbers = itertools.count()


@dataclass
class Work:
    """What Training steps do: fail as they are told, ask for a stop, and write down when they began and ended."""

    faults: dict[str, list[bool]] = field(default_factory=dict)
    stopper: str | None = None
    seen: list[tuple[str, str]] = field(default_factory=list)

    def run(self, context: StepContext) -> Document:
        name = context.step.name
        self.seen.append(("began", name))
        if name == self.stopper:
            context.stop.request()
        self.seen.append(("ended", name))
        if self.faults[name]:
            raise Failure(f"AlgorithmError: {name} broke", THROTTLING if self.faults[name].pop(0) else None)
        return {"TrainingJobName": name}

    @property
    def began(self) -> list[str]:
        return [name for what, name in self.seen if what == "began"]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work()
    monkeypatch.setitem(attempt.RUNS, "Training", made.run)
    return made


def prepare(runs: Runs, work: Work, steps: list[Drawn]) -> str:
    """Create a pipeline of these steps; answers its name."""
    name = f"line-{next(numbers)}"
    top = [body(step, steps) for step in steps if step.guard is None]
    runs.create(json.dumps({"Version": "2020-12-01", "Parameters": [PARAMETER], "Steps": top}), name)
    work.faults, work.stopper, work.seen = {step.name: list(step.faults) for step in steps}, None, []
    return name


def start(runs: Runs, name: str, parameter: int, parallel: int) -> str:
    given = [{"Name": "P", "Value": str(parameter)}]
    limit = {"MaxParallelExecutionSteps": parallel}
    return runs.ended(runs.start(name, PipelineParameters=given, ParallelismConfiguration=limit))


def told(runs: Runs, arn: str) -> dict[str, Any]:
    """What the engine says of an execution, in the model's words."""
    steps = runs.steps(arn)
    hits = {name: item["CacheHitResult"] for name, item in steps.items() if "CacheHitResult" in item}
    return {
        "status": runs.status(arn),
        "statuses": {name: item["StepStatus"] for name, item in steps.items()},
        "hits": {name: hit["SourcePipelineExecutionArn"] for name, hit in hits.items()},
    }


def expected(execution: Execution) -> dict[str, Any]:
    return {"status": execution.status, "statuses": execution.statuses, "hits": execution.hits}


@repeatable
@given(steps=graphs(), parameters=st.lists(st.integers(0, 1), min_size=1, max_size=3), data=st.data())
def test_one_step_at_a_time_the_engine_does_what_the_model_does(
    runs: Runs, work: Work, steps: list[Drawn], parameters: list[int], data: st.DataObject
) -> None:
    name, model = prepare(runs, work, steps), Model(steps)
    for number, parameter in enumerate(parameters):
        work.seen, work.stopper = [], data.draw(st.none() | st.sampled_from([step.name for step in steps]))
        arn = start(runs, name, parameter, 1)
        execution = model.start(arn, parameter, work.stopper)
        execution.run()
        assert told(runs, arn) == expected(execution)
        if execution.status != "Succeeded":
            work.stopper = execution.stopper = None
            execution.run()
            runs.retry(arn, f"{number:032}")
            assert told(runs, arn) == expected(execution)
        assert work.began == execution.attempts


@repeatable
@given(steps=graphs(), parameter=st.integers(0, 1))
def test_side_by_side_steps_keep_to_their_arrows_and_end_as_one_at_a_time(
    runs: Runs, work: Work, steps: list[Drawn], parameter: int
) -> None:
    arn = start(runs, prepare(runs, work, steps), parameter, 3)
    statuses = runs.statuses(arn)
    for step in steps:
        if step.name in statuses:
            assert all(statuses[name] == "Succeeded" for name in step.after)
        for name in step.after:
            if ("began", step.name) in work.seen and ("ended", name) in work.seen:
                last = len(work.seen) - 1 - work.seen[::-1].index(("ended", name))
                assert last < work.seen.index(("began", step.name))
    most = {step.name: 1 + min(step.again, len(step.faults)) for step in steps}
    assert all(count <= most[name] for name, count in Counter(work.began).items())
    alone = Model(steps).start(arn, parameter)
    alone.run()
    assert (runs.status(arn), "Failed" in statuses.values()) == (alone.status, alone.status == "Failed")
    if alone.status == "Succeeded":
        assert (statuses, Counter(work.began)) == (alone.statuses, Counter(alone.attempts))
