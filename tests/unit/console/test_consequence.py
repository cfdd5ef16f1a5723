"""What the page says that a decision about a version will do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.consequence import (
    Rollout,
    Situation,
    explain_approval,
    explain_rejection,
    find_settled_approval,
    find_settled_rejection,
    parse_rollout,
)

CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "WaitIntervalInSeconds": 300,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 20},
        }
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "5xx"}, {"AlarmName": "latency"}]},
}


def _met(live: int | None, chosen: int | None, other: int | None, *, deploys: bool = False) -> Situation:
    return Situation(live is not None, live, chosen, other, deploys, Rollout("ALL_AT_ONCE", 0, 0, 1))


def test_a_canary_says_its_share_its_rest_and_what_takes_it_back() -> None:
    rollout = parse_rollout(CANARY)
    assert rollout is not None
    assert rollout.sentence == (
        "20 % of the traffic moves first, as a canary, then the rest; 2 alarms watch for 5 min 00 s after each move, "
        "and if one fires, all traffic goes back."
    )


def test_a_rollout_without_alarms_claims_no_way_back() -> None:
    bare = parse_rollout({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE"}}})
    assert bare is not None
    assert bare.sentence.endswith("No alarm is set that would take it back.")
    assert parse_rollout({"RollingUpdatePolicy": {}}) is None


@pytest.mark.parametrize(
    ("met", "words"),
    [
        (_met(None, None, None), "Approving version 3 creates the endpoint, which answers in a few minutes."),
        (_met(3, 2, 2), "Version 3 is live: approving it keeps it so, and records your decision."),
        (
            _met(2, 2, 2),
            "Approving version 3 replaces version 2 on the endpoint. All traffic moves at once, when its instances "
            "answer; an alarm watches, and if it fires, all traffic goes back.",
        ),
    ],
)
def test_an_approval_says_what_it_replaces(met: Situation, words: str) -> None:
    assert explain_approval(3, met) == words


def test_an_approval_during_a_deployment_waits_for_its_end() -> None:
    assert "when the deployment that is under way has ended" in explain_approval(3, _met(2, 2, 2, deploys=True))


@pytest.mark.parametrize(
    ("met", "words"),
    [
        (_met(2, 2, 2), "changes nothing on the endpoint; version 2 goes on serving"),
        (_met(None, None, None), "changes nothing on the endpoint. It can be approved later"),
        (_met(3, 3, 2), "brings the endpoint back to version 2."),
        (_met(3, 3, None), "leaves no approved version: what serves now goes on serving"),
        # Approved last, but rolled back by its alarms: the endpoint serves the one before it already.
        (_met(2, 3, 2), "changes nothing on the endpoint; version 2 goes on serving"),
        # Live after a rollback, though another was approved later.
        (_met(3, 4, 4), "changes nothing on the endpoint; version 3 goes on serving"),
    ],
)
def test_a_rejection_says_whether_the_endpoint_changes(met: Situation, words: str) -> None:
    assert words in explain_rejection(3, met)


def test_an_approval_that_changes_nothing_is_told_as_made_already() -> None:
    assert find_settled_approval(3, _met(3, 3, 2)) == "Version 3 is approved already, and live."
    under_way = replace(_met(2, 3, 2), pending=True)
    assert "is being deployed; version 2 serves until then" in str(find_settled_approval(3, under_way))
    for rolled_back, never_approved in ((_met(2, 3, 2), _met(2, 2, 2)), (_met(3, 4, 4), _met(None, None, None))):
        assert find_settled_approval(3, rolled_back) is None
        assert find_settled_approval(3, never_approved) is None


def test_a_second_rejection_is_told_as_made_already() -> None:
    assert find_settled_rejection(3, replace(_met(2, 2, 2), status="Rejected")) == "Version 3 is rejected already."
    assert "goes on serving" in str(find_settled_rejection(3, replace(_met(3, None, None), status="Rejected")))
    assert find_settled_rejection(3, replace(_met(2, 2, 2), status="Approved")) is None
