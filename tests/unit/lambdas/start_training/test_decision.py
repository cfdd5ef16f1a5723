"""The promises of the decision, kept through any history: one at a time, a cool-down, so many a day, none forgotten."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from start_training.call import Call, Kind
from start_training.decision import Action, decide
from start_training.executions import Execution, describe, prefix

from tests.unit.lambdas.start_training.conftest import NOON, SETTINGS

ACTS = st.sampled_from(["alarm", "old alarm", "batch", "ended", "person", "ends", "hour", "half a day", "somebody"])


@dataclass
class History:
    """What happened, as SageMaker remembers it; nothing else is handed on from call to call."""

    now: datetime = NOON
    executions: list[Execution] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    batches: int = 0
    rang: datetime = NOON

    def act(self, act: str) -> None:
        self.now += timedelta(seconds=1)
        match act:
            case "alarm":
                self.rang = self.now
                self.call(Call(Kind.DRIFT, "drift", self.now))
            case "old alarm":
                self.call(Call(Kind.DRIFT, "drift", self.rang))
            case "batch":
                self.batches += 1
                self.waiting.append(f"b{self.batches}")
                self.call(Call(Kind.BATCH, "batch"))
            case "ended":
                self.call(Call(Kind.BATCH, "batch"))
            case "person":
                self.call(Call(Kind.PERSON, "person"))
            case "ends":
                self.executions = [replace(each, status="Succeeded") for each in self.executions]
            case "hour" | "half a day":
                self.now += timedelta(hours=1 if act == "hour" else 12)
            case "somebody":
                self.begin("execution-1")

    def call(self, call: Call) -> None:
        decision = decide(call, self.executions, self.waiting, self.now, SETTINGS)
        if decision.action is Action.START:
            assert not any(each.is_running for each in self.executions)
            self.begin(prefix(call.kind), self.waiting)
            self.waiting = []

    def begin(self, name: str, batches: list[str] | None = None) -> None:
        arn, why = f"arn/{len(self.executions)}", describe("why", batches or [])
        self.executions.insert(0, Execution(arn, name, "Executing", self.now, why))

    def started(self, *kinds: Kind) -> list[datetime]:
        return [each.started for each in reversed(self.executions) if each.kind in kinds]


@given(st.lists(ACTS, max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_history_breaks_a_promise(acts: list[str]) -> None:
    history = History()
    for act in acts:
        history.act(act)
    drifts = history.started(Kind.DRIFT)
    assert all(later - earlier >= SETTINGS.cooldown for earlier, later in pairwise(drifts))
    automatic = history.started(Kind.DRIFT, Kind.BATCH)
    for first, third in zip(automatic, automatic[SETTINGS.most_a_day :], strict=False):
        assert third - first >= timedelta(hours=24)
    taken = [batch for each in history.executions for batch in each.batches]
    assert len(taken) == len(set(taken))
    assert sorted([*taken, *history.waiting]) == sorted(f"b{number + 1}" for number in range(history.batches))


@given(st.lists(ACTS, max_size=30))
@settings(max_examples=100, deadline=None)
def test_whatever_happened_a_waiting_batch_has_its_training_in_the_end(acts: list[str]) -> None:
    history = History()
    for act in [*acts, "batch", "ends", "half a day", "half a day", "half a day", "ended"]:
        history.act(act)
    assert history.waiting == []


@pytest.mark.parametrize("batches", [[], ["b1"], ["b1", "b-2_x.y"]])
def test_an_execution_names_its_batches_in_its_description(batches: list[str]) -> None:
    execution = Execution("arn", "auto-batch-1", "Executing", NOON, describe("2 batches of new images", batches))
    assert execution.batches == frozenset(batches)


@pytest.mark.parametrize("name", ["execution-1", "drift-test", "person-1", ""])
def test_what_a_person_started_is_not_taken_for_an_automatic_one(name: str) -> None:
    assert Execution("arn", name, "Executing", NOON).kind is None
