"""How an update shifts traffic, read from a DeploymentConfig, and what AWS refuses in one.

Source: "Blue/Green Deployments" and "Auto-Rollback Configuration and Monitoring" in SageMaker's developer guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, takewhile

from localaws import errors
from localaws.shapes import Document

_LONGEST_SECONDS = 28_800
_FEWEST_INSTANCES = 2
_SIZES = {"CANARY": ("CanarySize", 0.0, 0.5), "LINEAR": ("LinearStepSize", 0.1, 0.5)}


@dataclass(frozen=True)
class Policy:
    """The new fleet's share after each step, and seconds: to bake after a step, to keep the old fleet, in all."""

    shares: tuple[float, ...]
    bake_seconds: int
    termination_seconds: int
    longest_seconds: int
    alarms: tuple[str, ...]


def policy(config: Document, capacity: int) -> Policy:
    """Read a DeploymentConfig (empty: all at once) for `capacity` instances; raises AWS's ValidationException."""
    if "RollingUpdatePolicy" in config:
        raise errors.validation("The local AWS updates endpoints blue/green; give a BlueGreenUpdatePolicy.")
    update = config.get("BlueGreenUpdatePolicy", {})
    routing = update.get("TrafficRoutingConfiguration", {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0})
    alarms = config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
    made = Policy(
        shares=_shares(routing, capacity),
        bake_seconds=routing["WaitIntervalInSeconds"],
        termination_seconds=update.get("TerminationWaitInSeconds", 0),
        longest_seconds=update.get("MaximumExecutionTimeoutInSeconds", _LONGEST_SECONDS),
        alarms=tuple(alarm["AlarmName"] for alarm in alarms),
    )
    _check_time(made)
    return made


def _shares(routing: Document, capacity: int) -> tuple[float, ...]:
    kind = routing["Type"]
    for other, (member, _, _) in _SIZES.items():
        if (member in routing) != (other == kind):
            needs = "needs" if other == kind else "takes no"
            raise errors.validation(f"A TrafficRoutingConfiguration of type {kind} {needs} {member}.")
    if kind == "ALL_AT_ONCE":
        return (1.0,)
    size = _size(kind, routing, capacity)
    if kind == "CANARY":
        return (size, 1.0)
    # A little less than 1, as ten steps of 0.1 do not sum to it.
    return (*takewhile(lambda share: share < 0.999, (size * step for step in count(1))), 1.0)


def _size(kind: str, routing: Document, capacity: int) -> float:
    member, smallest, largest = _SIZES[kind]
    if capacity < _FEWEST_INSTANCES:
        raise errors.validation(
            f"{kind} traffic shifting needs at least {_FEWEST_INSTANCES} instances; the endpoint has {capacity}. "
            "Use ALL_AT_ONCE or more instances."
        )
    value, unit = routing[member]["Value"], routing[member]["Type"]
    size = value / 100 if unit == "CAPACITY_PERCENT" else value / capacity
    if not smallest <= size <= largest:
        lowest = f"from {smallest:.0%} to" if smallest else "at most"
        raise errors.validation(
            f"{member} must be {lowest} {largest:.0%} of the endpoint's capacity of {capacity} instances; "
            f"{value} ({unit}) is {size:.0%}."
        )
    return size


def _check_time(made: Policy) -> None:
    needed = len(made.shares) * made.bake_seconds + made.termination_seconds
    if needed >= made.longest_seconds:
        raise errors.validation(
            f"MaximumExecutionTimeoutInSeconds ({made.longest_seconds}) must exceed the wait intervals and the "
            f"termination wait, which take {needed} s."
        )
