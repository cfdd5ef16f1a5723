"""Every decision, from nothing but the registry's choice and the endpoint."""

from dataclasses import replace

import pytest
from deploy_model.decision import Action, decide
from deploy_model.endpoint import CHANGING, Endpoint
from deploy_model.release import Release

RELEASE = Release("e-v2-00000000", 2, "2026-01-01T00:00:00.000+00:00", {}, {})
AT_REST = Endpoint("arn", "InService", "e-v1-00000000", None, 1, "e-v1-00000000@before")
ATTEMPTED = replace(AT_REST, attempt=RELEASE.attempt)


@pytest.mark.parametrize(
    ("release", "endpoint", "action"),
    [
        (None, None, Action.KEEP),
        (None, AT_REST, Action.KEEP),
        (RELEASE, None, Action.CREATE),
        (RELEASE, AT_REST, Action.UPDATE),
        (RELEASE, replace(AT_REST, attempt=None), Action.UPDATE),
        (RELEASE, replace(AT_REST, configuration=RELEASE.name), Action.KEEP),
        (RELEASE, ATTEMPTED, Action.DISCARD),
        (RELEASE, replace(ATTEMPTED, configuration=RELEASE.name), Action.KEEP),
        (RELEASE, replace(ATTEMPTED, status="UpdateRollbackFailed"), Action.KEEP),
        (RELEASE, replace(AT_REST, status="UpdateRollbackFailed"), Action.UPDATE),
        (RELEASE, replace(AT_REST, status="Failed"), Action.REPLACE),
        (RELEASE, replace(ATTEMPTED, status="Failed"), Action.KEEP),
        (RELEASE, replace(ATTEMPTED, status="Updating"), Action.KEEP),
        (RELEASE, replace(ATTEMPTED, status="Deleting"), Action.WAIT),
    ],
)
def test_a_situation_has_one_decision(release: Release | None, endpoint: Endpoint | None, action: Action) -> None:
    assert decide(release, endpoint).action is action


@pytest.mark.parametrize("status", sorted(CHANGING))
def test_an_endpoint_that_changes_to_something_else_is_waited_for(status: str) -> None:
    decision = decide(RELEASE, replace(AT_REST, status=status))
    assert decision.action is Action.WAIT
    assert status in decision.reason


def test_approving_again_after_a_rollback_is_a_new_attempt() -> None:
    again = replace(RELEASE, approval="2026-01-02T00:00:00.000+00:00")
    assert decide(again, ATTEMPTED).action is Action.UPDATE
