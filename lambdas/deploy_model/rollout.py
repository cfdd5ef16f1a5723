"""How traffic moves to a new version: blue/green, with a bake time, and back by itself when an alarm rings."""

from math import ceil
from typing import Any

from common.environment import SettingsError
from deploy_model.settings import Settings

# Time to start the new instances and to stop the old ones, and the longest limit that AWS takes.
PROVISIONING_SECONDS = 1800
LONGEST_SECONDS = 28800


def plan_rollout(settings: Settings) -> dict[str, Any]:
    """Build the DeploymentConfig; raise SettingsError when its steps take longer than AWS lets a deployment take."""
    seconds = settings.bake_seconds * _bakes(settings) + PROVISIONING_SECONDS
    if seconds > LONGEST_SECONDS:
        raise SettingsError(
            f"BAKE_SECONDS {settings.bake_seconds} after each step of {settings.step_percent} % takes {seconds} "
            f"seconds with the instances' start; AWS allows {LONGEST_SECONDS}, so bake shorter or take larger steps."
        )
    rollout: dict[str, Any] = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": _routing(settings),
            "MaximumExecutionTimeoutInSeconds": seconds,
        }
    }
    if settings.alarm_names:
        alarms = [{"AlarmName": name} for name in settings.alarm_names]
        rollout["AutoRollbackConfiguration"] = {"Alarms": alarms}
    return rollout


def _routing(settings: Settings) -> dict[str, Any]:
    routing: dict[str, Any] = {"Type": settings.traffic_routing, "WaitIntervalInSeconds": settings.bake_seconds}
    step = {"Type": "CAPACITY_PERCENT", "Value": settings.step_percent}
    if settings.traffic_routing == "CANARY":
        routing["CanarySize"] = step
    if settings.traffic_routing == "LINEAR":
        routing["LinearStepSize"] = step
    return routing


def _bakes(settings: Settings) -> int:
    """Count the rests: one after everything moved, two around a canary, one after each linear step."""
    if settings.traffic_routing == "LINEAR":
        return ceil(100 / settings.step_percent)
    return 2 if settings.traffic_routing == "CANARY" else 1
