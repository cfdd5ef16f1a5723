"""From events to the right version, once, against a SageMaker that checks and records every call."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deploy_model.decision import Action
from deploy_model.errors import EndpointBusy

CREATION = ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
UPDATE = ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint", "AddTags"]


def test_approving_the_first_version_creates_the_endpoint(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    outcome = world.deliver()
    assert (outcome.action, outcome.version, world.live_version) == (Action.CREATE, 1, 1)
    assert world.changes() == CREATION


def test_approving_another_version_updates_the_endpoint(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.changes()
    world.approve(versions[1])
    assert world.deliver().action is Action.UPDATE
    sent = world.sent("UpdateEndpoint")
    assert sent["RetainAllVariantProperties"] is True
    assert sent["RetainDeploymentConfig"] is False
    assert sent["DeploymentConfig"]["AutoRollbackConfiguration"]
    assert "ExcludeRetainedVariantProperties" not in sent
    assert (world.changes(), world.live_version) == (UPDATE, 2)


def test_a_second_delivery_makes_no_call_that_changes_anything(world: Any, versions: list[str]) -> None:
    for arn in versions[:2]:
        world.approve(arn)
        world.deliver()
    world.changes()
    assert world.deliver().action is Action.KEEP
    assert world.changes() == []


def test_a_pending_version_changes_nothing(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.changes()
    world.register()
    world.judge(versions[1], "PendingManualApproval")
    assert world.deliver().action is Action.KEEP
    assert world.changes() == []


def test_rejecting_the_live_version_goes_back_to_the_one_approved_before(world: Any, versions: list[str]) -> None:
    for arn in versions:
        world.approve(arn)
        world.deliver()
    world.reject(versions[2])
    world.deliver()
    assert world.live_version == 2


def test_rejecting_any_other_version_changes_nothing(world: Any, versions: list[str]) -> None:
    for arn in versions:
        world.approve(arn)
        world.deliver()
    world.changes()
    world.reject(versions[0])
    world.deliver()
    assert (world.changes(), world.live_version) == ([], 3)


def test_approving_an_old_version_again_is_a_rollback(world: Any, versions: list[str]) -> None:
    for arn in versions:
        world.approve(arn)
        world.deliver()
    world.approve(versions[0])
    world.deliver()
    assert world.live_version == 1


def test_with_no_approved_version_left_the_endpoint_is_kept(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.changes()
    world.reject(versions[0])
    assert world.deliver().version is None
    assert (world.changes(), world.live_version) == ([], 1)


def _acts(world: Any, versions: list[str]) -> dict[str, Callable[[], object]]:
    return {
        "approve 1": lambda: world.approve(versions[0]),
        "approve 2": lambda: world.approve(versions[1]),
        "reject 2": lambda: world.reject(versions[1]),
        "event": world.deliver,
    }


@pytest.mark.parametrize("acts", sorted(set(permutations(["approve 1", "approve 2", "reject 2", "event", "event"]))))
def test_whatever_people_and_events_interleave_the_last_event_sets_it_right(
    acts: tuple[str, ...], world: Any, versions: list[str]
) -> None:
    for act in acts:
        _acts(world, versions)[act]()
    world.deliver()
    last_word_on_2 = max(acts.index("approve 2"), acts.index("reject 2"))
    two_stands = acts[last_word_on_2] == "approve 2" and last_word_on_2 > acts.index("approve 1")
    assert world.live_version == (2 if two_stands else 1)
    world.changes()
    world.deliver()
    assert world.changes() == []


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
def test_an_endpoint_that_is_changing_hands_the_event_back(status: str, world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.endpoint.endpoint_status = status
    world.approve(versions[1])
    world.changes()
    with pytest.raises(EndpointBusy, match=f"{status}; version 2 has to wait"):
        world.deliver()
    assert world.changes() == []


def test_a_repeated_event_during_its_own_deployment_is_done(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.endpoint.endpoint_status = "Creating"
    assert world.deliver().action is Action.KEEP


def test_a_version_that_was_rolled_back_is_cleared_away_and_not_tried_again(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    before = world.endpoint.endpoint_config_name
    world.approve(versions[1])
    tried = world.deliver().configuration
    world.endpoint.endpoint_config_name = before
    world.changes()
    assert world.deliver().action is Action.DISCARD
    assert world.changes() == ["DeleteEndpointConfig", "DeleteModel"]
    assert tried not in world.backend.endpoint_configs
    world.deliver()
    assert world.changes() == []


def test_approving_a_rolled_back_version_again_tries_again(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    before = world.endpoint.endpoint_config_name
    world.approve(versions[1])
    world.deliver()
    world.endpoint.endpoint_config_name = before
    world.approve(versions[1])
    assert world.deliver().action is Action.UPDATE
    assert world.live_version == 2


def test_a_failed_endpoint_is_replaced_for_another_approval_only(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.deliver()
    world.endpoint.endpoint_status = "Failed"
    world.changes()
    assert world.deliver().action is Action.KEEP
    assert world.changes() == []
    world.approve(versions[1])
    assert world.deliver().action is Action.REPLACE
    assert world.changes() == ["DeleteEndpoint", *CREATION]
    assert world.live_version == 2


@pytest.mark.parametrize("operation", [*CREATION, "UpdateEndpoint", "DescribeEndpoint", "DescribeModelPackage"])
def test_a_deployment_that_a_throttle_broke_off_is_completed_by_the_event_s_next_delivery(
    world: Any, versions: list[str], operation: str
) -> None:
    if operation != "CreateEndpoint":
        world.approve(versions[0])
        world.deliver()
    world.approve(versions[1])
    world.failing[operation] = ("ThrottlingException", "Rate exceeded")
    with pytest.raises(ClientError, match="Rate exceeded"):
        world.deliver()
    world.failing.clear()
    world.deliver()
    assert world.live_version == 2
    world.changes()
    assert world.deliver().action is Action.KEEP
    assert world.changes() == []
