"""The history of the endpoint: decisions, deployments and alarms, from three places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from console import registry
from console.page.source import Source
from console.page.version.reader import describe_version

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
