"""What scales: every few seconds, scheduled actions that are due, policies on a metric, and those of raised alarms."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from localaws.autoscaling import activities, alarms, scheduled, steps, targets, tracking
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.operations import SAGEMAKER
from localaws.records import endpoints
from localaws.shapes import Document

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 5.0
_WINDOW_SECONDS = 60
_COOLDOWN_SECONDS = 300
_METRIC = ("Namespace", "MetricName", "Dimensions", "Statistic", "Unit")


@dataclass(frozen=True)
class Change:
    """When a variant was last scaled, from how many instances, and whether to more."""

    at: float
    before: int
    out: bool


class Scaling:
    """Scales all targets of a region; when each was last changed is in memory only."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._changed: dict[str, Change] = {}

    def run(self) -> None:
        """Scale what is to be scaled each few seconds until the local AWS stops."""
        while not self._aws.stopping.wait(_EVERY_SECONDS):
            self.follow()

    def follow(self) -> None:
        """Check every action and every policy once."""
        for action in list(scheduled.take_due(self._aws)):
            try:
                self._apply(action)
            except Exception:
                logger.exception("The scheduled action %s could not be applied", action["ScheduledActionName"])
        for policy in self._aws.store.all(targets.POLICIES):
            try:
                activities.settle(self._aws, policy["ResourceId"])
                self._follow(policy)
            except Exception:
                logger.exception("The scaling policy %s could not be followed", policy["PolicyName"])

    def _apply(self, action: Document) -> None:
        """Give a target the bounds of a scheduled action, and its variant as many instances as they ask for."""
        resource = action["ResourceId"]
        if targets.find(self._aws, resource)["SuspendedState"]["ScheduledScalingSuspended"]:
            return
        bounds = action["ScalableTargetAction"]
        target = self._aws.store.update(targets.KIND, resource, **bounds)
        said = ", ".join(f"{name[:3].lower()} capacity to {value}" for name, value in sorted(bounds.items()))
        cause = f"scheduled action name {action['ScheduledActionName']} was triggered: {said}"
        count = _count(self._aws, resource)
        if count is not None:
            self._scale(resource, count, _within(target, count), cause)

    def _follow(self, policy: Document) -> None:
        resource = policy["ResourceId"]
        count, target = _count(self._aws, resource), targets.find(self._aws, resource)
        if count is None:
            return
        within = _within(target, count)
        if within != count:
            self._scale(resource, count, within, "capacity was outside of the bounds of its scalable target")
        elif policy["PolicyType"] == "StepScaling":
            self._step(policy, target, count)
        else:
            self._track(policy, target, count)

    def _track(self, policy: Document, target: Document, count: int) -> None:
        config = policy["TargetTrackingScalingPolicyConfiguration"]
        value = self._measure(policy, config, count)
        if value is None:
            return
        wanted = _within(target, tracking.follow(config, count, value))
        cooldown = config.get("ScaleOutCooldown" if wanted > count else "ScaleInCooldown", _COOLDOWN_SECONDS)
        if wanted == count or _is_suspended(target, wanted > count) or self._cools(policy["ResourceId"], cooldown):
            return
        high, low = policy["Alarms"]
        self._scale(policy["ResourceId"], count, wanted, _cause((high if wanted > count else low)["AlarmName"], policy))

    def _measure(self, policy: Document, config: Document, count: int) -> float | None:
        """The metric of a policy for each instance; None where a metric of its own has no value."""
        if "CustomizedMetricSpecification" in config:
            return _read(self._aws, alarms.tracked_metric(policy), _WINDOW_SECONDS, _WINDOW_SECONDS)
        # Of all instances that there were in the last minute, where InvocationsPerInstance is of those at the time.
        metric = {**alarms.tracked_metric(policy), "MetricName": "Invocations"}
        return (_read(self._aws, metric, _WINDOW_SECONDS, _WINDOW_SECONDS) or 0.0) / count

    def _step(self, policy: Document, target: Document, count: int) -> None:
        config, resource = policy["StepScalingPolicyConfiguration"], policy["ResourceId"]
        for alarm in _raised(self._aws, policy):
            metric = {name: alarm[name] for name in _METRIC if alarm.get(name)}
            found = _read(self._aws, metric, alarm["Period"] * alarm["EvaluationPeriods"], alarm["Period"])
            breach = 0.0 if found is None else found - alarm["Threshold"]
            cools = self._cools(resource, config.get("Cooldown", _COOLDOWN_SECONDS))
            last = self._changed.get(resource)
            # While it cools, what was added counts as a part of what a higher breach adds; and nothing is taken away.
            base = last.before if cools and last and last.out else count
            wanted = _within(target, steps.adjust(config, base, breach))
            if wanted == count or (cools and wanted < count) or _is_suspended(target, wanted > count):
                continue
            self._scale(resource, count, wanted, _cause(alarm["AlarmName"], policy))
            return

    def _scale(self, resource: str, count: int, wanted: int, cause: str) -> None:
        if wanted == count:
            return
        endpoint, variant = targets.split(resource)
        desired = {"VariantName": variant, "DesiredInstanceCount": wanted}
        request = {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [desired]}
        try:
            SAGEMAKER.call(self._aws, "UpdateEndpointWeightsAndCapacities", request)
        except AwsError as error:
            # An update has just begun; the next round finds it ended.
            logger.info("%s was not scaled: %s", resource, error.message)
            return
        activities.record(self._aws, resource, wanted, cause)
        self._changed[resource] = Change(time.monotonic(), count, wanted > count)

    def _cools(self, resource: str, seconds: float) -> bool:
        changed = self._changed.get(resource)
        return changed is not None and time.monotonic() - changed.at < seconds


def _within(target: Document, count: int) -> int:
    return int(min(max(count, target["MinCapacity"]), target["MaxCapacity"]))


def _is_suspended(target: Document, out: bool) -> bool:
    return bool(target["SuspendedState"][f"DynamicScaling{'Out' if out else 'In'}Suspended"])


def _count(aws: Aws, resource: str) -> int | None:
    """How many instances a variant has; None while its endpoint is not in service."""
    endpoint, variant = targets.split(resource)
    document = endpoints.find(aws, endpoint)
    if document is None or document["EndpointStatus"] != "InService":
        return None
    found = [item for item in document["ProductionVariants"] if item["VariantName"] == variant]
    return int(found[0]["CurrentInstanceCount"]) if found else None


def _cause(alarm: str, policy: Document) -> str:
    return f"monitor alarm {alarm} in state ALARM triggered policy {policy['PolicyName']}"


def _raised(aws: Aws, policy: Document) -> Iterator[dict[str, Any]]:
    """The alarms of one metric that are in state ALARM and have the policy as an action."""
    found = aws.clients.get("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    for alarm in found:
        acts = alarm.get("ActionsEnabled", True) and policy["PolicyARN"] in alarm.get("AlarmActions", [])
        if acts and alarm.get("MetricName"):
            yield alarm


def _read(aws: Aws, metric: Document, seconds: int, period: int) -> float | None:
    """The newest value of a metric (see _METRIC) in the last seconds; None where there is none."""
    now = datetime.now(UTC)
    statistic = metric["Statistic"]
    found = aws.clients.get("cloudwatch").get_metric_statistics(
        **{name: value for name, value in metric.items() if name != "Statistic"},
        StartTime=now - timedelta(seconds=seconds),
        EndTime=now + timedelta(seconds=1),
        Period=period,
        Statistics=[statistic],
    )["Datapoints"]
    if statistic == "Sum" and seconds == period and found:
        # A minute that began at no whole one lies in two periods.
        return float(sum(point["Sum"] for point in found))
    return float(max(found, key=lambda point: point["Timestamp"])[statistic]) if found else None
