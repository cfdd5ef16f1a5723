"""The DeploymentConfig is one that AWS takes."""

from collections.abc import Callable

import pytest
from deploy_model.rollout import plan_rollout
from deploy_model.settings import Settings

from common.environment import SettingsError

Make = Callable[..., Settings]


def test_all_at_once_moves_everything_and_bakes(make_settings: Make) -> None:
    policy = plan_rollout(make_settings())["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"] == {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 120}


@pytest.mark.parametrize(("routing", "member"), [("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")])
def test_steps_are_a_share_of_the_capacity(routing: str, member: str, make_settings: Make) -> None:
    settings = make_settings(TRAFFIC_ROUTING=routing, INSTANCE_COUNT="2", STEP_PERCENT="25")
    traffic = plan_rollout(settings)["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert traffic[member] == {"Type": "CAPACITY_PERCENT", "Value": 25}
    assert len(traffic) == 3


@pytest.mark.parametrize(("routing", "step", "bakes"), [("ALL_AT_ONCE", 50, 1), ("CANARY", 10, 2), ("LINEAR", 30, 4)])
def test_the_time_limit_exceeds_the_bakes(routing: str, step: int, bakes: int, make_settings: Make) -> None:
    settings = make_settings(TRAFFIC_ROUTING=routing, INSTANCE_COUNT="4", STEP_PERCENT=str(step), BAKE_SECONDS="1000")
    limit = plan_rollout(settings)["BlueGreenUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"]
    assert limit > bakes * 1000
    assert 600 <= limit <= 28800


def test_steps_that_take_longer_than_aws_allows_are_refused(make_settings: Make) -> None:
    settings = make_settings(TRAFFIC_ROUTING="LINEAR", INSTANCE_COUNT="10", STEP_PERCENT="10", BAKE_SECONDS="3600")
    with pytest.raises(SettingsError, match=r"37800 seconds .* AWS allows 28800"):
        plan_rollout(settings)


def test_alarms_roll_back_and_no_alarms_leave_the_member_out(make_settings: Make) -> None:
    alarms = plan_rollout(make_settings())["AutoRollbackConfiguration"]["Alarms"]
    assert alarms == [{"AlarmName": "scones-5xx"}, {"AlarmName": "scones-latency"}]
    assert "AutoRollbackConfiguration" not in plan_rollout(make_settings(ALARM_NAMES=""))
