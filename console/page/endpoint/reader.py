"""The state of the endpoint: its fleets with their traffic, its alarms, a deployment under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console import endpoint
from console.page.source import Source


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


def fetch_state(source: Source) -> State | None:
    """The endpoint as it is now; None where nothing has been deployed."""
    found = endpoint.fetch(source)
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
    if not configuration:
        return ""
    sagemaker = source.client("sagemaker")
    # A configuration never changes.
    return source.once(
        ("configuration", configuration), lambda: endpoint.fetch_version(sagemaker, configuration) or "", bool
    )


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
