"""An alarm's change of state is an event, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from ministack.services import cloudwatch as service

from localaws.ministack import services
from localaws.ministack_patches import cloudwatch
from localaws.ministack_patches.cloudwatch import AlarmEvents

MOMENT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def alarm(
    apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> dict[str, Any]:
    """An alarm of a metric that has no datapoints."""
    apply(cloudwatch)
    monkeypatch.setattr(service, "_metrics", type(service._metrics)())
    request.addfinalizer(lambda: services.delete_alarms(["drift"]))
    services.put_alarm(
        {
            "AlarmName": "drift",
            "Namespace": "Tests",
            "MetricName": "drift",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "ignore",
        }
    )
    made: dict[str, Any] = service._alarms["drift"]
    return made


def test_a_change_of_state_is_told_once_with_both_states(alarm: dict[str, Any]) -> None:
    events, sent = AlarmEvents(lambda _: None), []
    for state in ("INSUFFICIENT_DATA", "OK", "ALARM", "ALARM"):
        alarm.update(StateValue=state, StateReason="because", StateUpdatedTimestamp=int(MOMENT.timestamp()))
        sent += events.poll()
    details = [json.loads(event["Detail"]) for event in sent]
    assert [(item["previousState"]["value"], item["state"]["value"]) for item in details] == [
        ("INSUFFICIENT_DATA", "OK"),
        ("OK", "ALARM"),
    ]
    assert details[1]["state"] == {"value": "ALARM", "reason": "because", "timestamp": "2026-11-23T00:00:00+00:00"}
    assert sent[1]["Source"] == "aws.cloudwatch"
    assert sent[1]["DetailType"] == "CloudWatch Alarm State Change"
    assert sent[1]["Resources"] == [alarm["AlarmArn"]]


def test_a_metric_that_crosses_the_threshold_is_seen_without_a_call(alarm: dict[str, Any]) -> None:
    service.record_metric("Tests", "drift", 2.0, "None", {})
    assert [json.loads(event["Detail"])["state"]["value"] for event in AlarmEvents(print).poll()] == ["ALARM"]


def test_an_alarm_that_is_there_without_data_is_no_change(alarm: dict[str, Any]) -> None:
    assert AlarmEvents(print).poll() == []


def test_an_event_that_could_not_be_delivered_ends_no_others(
    alarm: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudwatch, "_POLL_SECONDS", 0.01)
    delivered = []

    def deliver(event: dict[str, Any]) -> None:
        delivered.append(json.loads(event["Detail"])["state"]["value"])
        if len(delivered) == 1:
            alarm.update(StateValue="ALARM")
            raise OSError("lost")

    async def run_until_the_second() -> None:
        running = asyncio.create_task(AlarmEvents(deliver).run())
        while len(delivered) < 2:
            await asyncio.sleep(0.01)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    alarm.update(StateValue="OK")
    asyncio.run(asyncio.wait_for(run_until_the_second(), 10))
    assert delivered == ["OK", "ALARM"]
