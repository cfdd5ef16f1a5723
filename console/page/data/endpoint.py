"""The endpoint: what carries the traffic, how it does, and how it came to be so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from console import endpoint, registry
from console.page.data.registry import describe_version
from console.page.data.source import Source

_CHANGES = 20
_HISTORY_DAYS = 30
_PAGES = 3


@dataclass(frozen=True)
class Variant:
    """One fleet: its share of the traffic and its instances."""

    name: str
    configuration: str
    version: str
    share: float
    instances: int
    wanted: int
    status: str


@dataclass(frozen=True)
class Alarm:
    """An alarm, and why it is in its state."""

    name: str
    state: str
    reason: str
    since: datetime | None


@dataclass(frozen=True)
class State:
    """The endpoint at one moment."""

    status: str
    version: str | None
    reason: str
    changed: datetime
    variants: tuple[Variant, ...]
    alarms: tuple[Alarm, ...]
    scaling: str
    stage: str


@dataclass(frozen=True)
class Change:
    """Something that happened to what serves."""

    at: datetime
    words: str


def read(source: Source) -> State | None:
    """The endpoint as it stands; None where nothing has been deployed."""
    found = endpoint.read(source)
    if found is None:
        return None
    pending = found.described.get("PendingDeploymentSummary", {})
    return State(
        status=found.status,
        version=found.version,
        reason=found.reason or "",
        changed=found.described["LastModifiedTime"],
        variants=(
            *_variants(source, found.described, found.described.get("EndpointConfigName", "")),
            *_variants(source, pending, pending.get("EndpointConfigName", "")),
        ),
        alarms=tuple(_alarms(source)),
        scaling=_scaling(source),
        stage=_stage(found.described),
    )


def _variants(source: Source, holder: dict[str, Any], configuration: str) -> Iterator[Variant]:
    listed = holder.get("ProductionVariants", [])
    weights = sum(variant.get("CurrentWeight", 0.0) for variant in listed) or 1.0
    for variant in listed:
        yield Variant(
            name=variant["VariantName"],
            configuration=configuration,
            version=_version(source, configuration),
            share=variant.get("CurrentWeight", 0.0) / weights,
            instances=variant.get("CurrentInstanceCount", 0),
            wanted=variant.get("DesiredInstanceCount", 0),
            status=", ".join(status["Status"] for status in variant.get("VariantStatus", [])),
        )


def _version(source: Source, configuration: str) -> str:
    """The registry's number that a configuration was made for; a configuration never changes."""
    if not configuration:
        return ""

    def read_tags() -> str:
        sagemaker = source.client("sagemaker")
        described = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
        tags = sagemaker.list_tags(ResourceArn=described["EndpointConfigArn"])["Tags"]
        return next((tag["Value"] for tag in tags if tag["Key"] == "scones:version"), "")

    return source.once(("configuration", configuration), read_tags, bool)


def _alarms(source: Source) -> Iterator[Alarm]:
    found = source.client("cloudwatch").describe_alarms(AlarmNamePrefix=source.project.project, MaxRecords=100)
    for alarm in found["MetricAlarms"]:
        yield Alarm(
            alarm["AlarmName"], alarm["StateValue"], alarm.get("StateReason", ""), alarm.get("StateUpdatedTimestamp")
        )


def _scaling(source: Source) -> str:
    resource = f"endpoint/{endpoint.name(source)}/variant/{endpoint.VARIANT}"
    targets = source.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource]
    )["ScalableTargets"]
    return f"{targets[0]['MinCapacity']} to {targets[0]['MaxCapacity']} instances" if targets else "off"


def _stage(described: dict[str, Any]) -> str:
    pending = described.get("PendingDeploymentSummary")
    if not pending:
        return ""
    statuses = {
        status["Status"]
        for holder in (described, pending)
        for variant in holder.get("ProductionVariants", [])
        for status in variant.get("VariantStatus", [])
    }
    routing = described.get("LastDeploymentConfig", {}).get("BlueGreenUpdatePolicy", {})
    kind = routing.get("TrafficRoutingConfiguration", {}).get("Type", "")
    words = f"A deployment of {pending.get('EndpointConfigName', 'another configuration')} is under way"
    return words + (f", traffic {kind}" if kind else "") + (f": {', '.join(sorted(statuses))}" if statuses else "")


def changes(source: Source) -> tuple[Change, ...]:
    """What was decided, deployed and rolled back, newest first, from three places.

    The registry keeps decisions, the function's log what it did about them, and the alarms why it went wrong.
    """
    found = [*_decisions(source), *_log(source), *_alarm_history(source)]
    return tuple(sorted(found, key=lambda change: change.at, reverse=True)[:_CHANGES])


def _decisions(source: Source) -> Iterator[Change]:
    sagemaker = source.client("sagemaker")
    with suppress(sagemaker.exceptions.ClientError):
        listed = sagemaker.list_model_packages(
            ModelPackageGroupName=source.project.model_package_group,
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=10,
        )
        for summary in listed["ModelPackageSummaryList"]:
            arn, status = summary["ModelPackageArn"], summary["ModelApprovalStatus"]
            described = describe_version(source, arn, status)
            for at, words in registry.decisions(described) or _undocumented(described):
                yield Change(at, f"Version {described['ModelPackageVersion']}: {words}")


def _undocumented(described: dict[str, Any]) -> list[tuple[datetime, str]]:
    """A decision that was made elsewhere leaves its time and a comment."""
    if described["ModelApprovalStatus"] == "PendingManualApproval" or "LastModifiedTime" not in described:
        return []
    return [(described["LastModifiedTime"], ": ".join([described["ModelApprovalStatus"], *_comment(described)]))]


def _comment(described: dict[str, Any]) -> list[str]:
    return [described["ApprovalDescription"]] if described.get("ApprovalDescription") else []


def _log(source: Source) -> Iterator[Change]:
    logs = source.client("logs")
    request: dict[str, Any] = {
        "logGroupName": f"/aws/lambda/{source.project.project}-deploy-model",
        "filterPattern": '{ $.action = "*" }',
        "startTime": int((datetime.now(UTC) - timedelta(days=_HISTORY_DAYS)).timestamp() * 1000),
    }
    with suppress(logs.exceptions.ResourceNotFoundException):
        for _ in range(_PAGES):
            page = logs.filter_log_events(**request)
            for event in page["events"]:
                yield from _told(event)
            if "nextToken" not in page:
                return
            request["nextToken"] = page["nextToken"]


def _told(event: dict[str, Any]) -> Iterator[Change]:
    with suppress(ValueError):
        line = json.loads(event["message"])
        if isinstance(line, dict) and line.get("action") not in (None, "keep", "ignore", "wait"):
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            yield Change(at, f"deploy_model: {line['action']}: {line.get('reason', '')}")


def _alarm_history(source: Source) -> Iterator[Change]:
    items = source.client("cloudwatch").describe_alarm_history(HistoryItemType="StateUpdate", MaxRecords=50)
    for item in items["AlarmHistoryItems"]:
        name, words = item["AlarmName"], item.get("HistorySummary", "")
        # That an alarm has data is no news; that it rang, or no longer does, is.
        if name.startswith(source.project.project) and "ALARM" in words:
            yield Change(item["Timestamp"], f"Alarm {name}: {words}")
