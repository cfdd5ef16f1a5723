"""A trial's page: AWS's answers beside the local AWS's, every difference, and nobody's account."""

from __future__ import annotations

from tests.rehearsal.observer import StepRecord
from tests.rehearsal.page import parse
from tests.trial import cost
from tests.trial.report import differences, page
from tests.trial.state import State

STEPS = parse("## 1. Deploy\n\n```console\n$ a\n```\n\n## 2. Approve\n\n```console\n$ b\n```\n")
LOCAL = {
    "Deploy": StepRecord(9.0, {"stack": ["CREATE_COMPLETE"]}),
    "Approve": StepRecord(5.0, {}, {"SageMaker Endpoint State Change": ["CREATING", "IN_SERVICE"]}),
}


def _state(**steps: StepRecord) -> State:
    return State("scones-trial-1", "eu-west-1", "111122223333", mail="me@home.org", steps=steps)


def test_a_trial_costs_less_than_ten_dollars() -> None:
    assert 1 < cost.at_most() < 10


def test_each_step_has_both_times_and_both_histories() -> None:
    went = StepRecord(300.0, {"stack": ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]})
    made = page(_state(Deploy=went), STEPS, LOCAL, set())
    assert "| 1. Deploy | 300 | 9 |" in made
    assert "| stack | CREATE_IN_PROGRESS > CREATE_COMPLETE | CREATE_COMPLETE |" in made
    assert "- 1. Deploy: stack: AWS CREATE_IN_PROGRESS > CREATE_COMPLETE; local CREATE_COMPLETE" in made
    assert "- 2. Approve: not reached" in made
    assert "Left behind: nothing." in made


def test_events_differ_by_what_they_say_and_not_by_their_order_or_number() -> None:
    here = StepRecord(events={"Endpoint": ["CREATING", "IN_SERVICE"]})
    assert differences(here, StepRecord(events={"Endpoint": ["IN_SERVICE", "CREATING", "CREATING"]})) == []
    assert differences(here, StepRecord(events={"Endpoint": ["CREATING"]})) == [
        "event Endpoint: AWS CREATING; local CREATING > IN_SERVICE"
    ]
    assert differences(here, StepRecord()) == ["event Endpoint: AWS nothing; local CREATING > IN_SERVICE"]


def test_no_account_and_no_address_is_in_the_page() -> None:
    state = _state(Deploy=StepRecord(1.0, {"stack": ["arn:aws:iam::111122223333:role/x for me@home.org"]}))
    state.failure = "111122223333 refused me@home.org"
    made = page(state, STEPS, LOCAL, {"bucket scones-trial-1-111122223333-eu-west-1"})
    assert "111122223333" not in made
    assert "me@home.org" not in made
    assert "followed until it failed" in made
