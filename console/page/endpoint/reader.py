"""The endpoint: its state now with its alarms, its figures of the last hours, and its history from three places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from console import endpoint, registry
from console.page.endpoint.update import Update, list_shares, parse_update
from console.page.source import Source
from console.page.version.reader import describe_version


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
    update: Update | None


def fetch_state(source: Source) -> State | None:
    """The endpoint as it is now; None where nothing has been deployed."""
    found = endpoint.fetch(source)
    if found is None:
        return None
    return State(
        status=found.status,
        version=found.version,
        reason=found.reason or "",
        changed=found.described["LastModifiedTime"],
        variants=tuple(_variants(source, found.described)),
        alarms=tuple(_alarms(source)),
        scaling=_scaling(source),
        update=parse_update(found.described),
    )


def _variants(source: Source, described: dict[str, Any]) -> Iterator[Variant]:
    for variant, configuration, share in list_shares(described):
        yield Variant(
            name=variant["VariantName"],
            configuration=configuration,
            version=_version(source, configuration),
            share=share,
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


_CHANGES = 20
_HISTORY_DAYS = 30
_PAGES = 3


@dataclass(frozen=True)
class Change:
    """Something that happened to the endpoint."""

    at: datetime
    words: str


def fetch_changes(source: Source) -> tuple[Change, ...]:
    """What was decided, deployed and rolled back, newest first.

    The registry keeps decisions, deploy_model's log what followed, and the alarms why it failed.
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
            for at, words in registry.parse_decisions(described) or _undocumented(described):
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
                yield from _parse_line(event)
            if "nextToken" not in page:
                return
            request["nextToken"] = page["nextToken"]


def _parse_line(event: dict[str, Any]) -> Iterator[Change]:
    with suppress(ValueError):
        line = json.loads(event["message"])
        if isinstance(line, dict) and line.get("action") not in (None, "keep", "ignore", "wait"):
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            yield Change(at, f"deploy_model: {line['action']}: {line.get('reason', '')}")


def _alarm_history(source: Source) -> Iterator[Change]:
    items = source.client("cloudwatch").describe_alarm_history(HistoryItemType="StateUpdate", MaxRecords=50)
    for item in items["AlarmHistoryItems"]:
        name, words = item["AlarmName"], item.get("HistorySummary", "")
        # Only changes to and from ALARM are shown; that an alarm has data is none.
        if name.startswith(source.project.project) and "ALARM" in words:
            yield Change(item["Timestamp"], f"Alarm {name}: {words}")


HOURS = 3
_MINUTE = 60
# Name on the page -> CloudWatch's metric, statistic, and what its values are multiplied by.
_METRICS = {
    "Invocations": ("Invocations", "Sum", 1.0),
    "4xx": ("Invocation4XXErrors", "Sum", 1.0),
    "5xx": ("Invocation5XXErrors", "Sum", 1.0),
    "Model latency, average": ("ModelLatency", "Average", 0.001),
    "Model latency, highest": ("ModelLatency", "Maximum", 0.001),
    "Overhead, average": ("OverheadLatency", "Average", 0.001),
}
COUNTS = ("Invocations", "4xx", "5xx")


@dataclass(frozen=True)
class Traffic:
    """Points (milliseconds since 1970, value) by name; latencies are in milliseconds."""

    series: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]

    def named(self, *, counts: bool) -> list[tuple[str, tuple[tuple[float, float], ...]]]:
        return [item for item in self.series if (item[0] in COUNTS) == counts]

    @property
    def sentence(self) -> str:
        """How much there was."""
        asked, refused, failed = (sum(value for _, value in dict(self.series).get(name, ())) for name in COUNTS)
        if not asked:
            return f"No request in the last {HOURS} hours"
        return (
            f"{asked:,.0f} requests in the last {HOURS} hours, {refused:,.0f} answered with 4xx, {failed:,.0f} with 5xx"
        )


def fetch_traffic(source: Source) -> Traffic:
    """Fetch the figures."""
    now = datetime.now(UTC)
    answer = source.client("cloudwatch").get_metric_data(
        MetricDataQueries=[_query(source, index, *wanted) for index, wanted in enumerate(_METRICS.values())],
        StartTime=now - timedelta(hours=HOURS),
        EndTime=now,
        ScanBy="TimestampAscending",
    )
    found = {result["Id"]: result for result in answer["MetricDataResults"]}
    return Traffic(
        tuple((name, _points(found.get(f"m{index}", {}), _METRICS[name][2])) for index, name in enumerate(_METRICS))
    )


def _query(source: Source, index: int, metric: str, statistic: str, _: float) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint.name(source), "VariantName": endpoint.VARIANT}
    return {
        "Id": f"m{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            },
            "Period": _MINUTE,
            "Stat": statistic,
        },
    }


def _points(result: dict[str, Any], factor: float) -> tuple[tuple[float, float], ...]:
    pairs = zip(result.get("Timestamps", []), result.get("Values", []), strict=True)
    return tuple(sorted((at.timestamp() * 1000, value * factor) for at, value in pairs))
