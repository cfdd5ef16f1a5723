"""An alarm's change of state is an event, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from localaws.ministack_patches.cloudwatch import AlarmEvents


class _CloudWatch:
    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def get_paginator(self, _: str) -> _CloudWatch:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        moment = datetime(2026, 11, 23, tzinfo=UTC)
        return [
            {
                "MetricAlarms": [
                    {
                        "AlarmName": name,
                        "AlarmArn": f"arn:{name}",
                        "StateValue": state,
                        "StateReason": "because",
                        "StateUpdatedTimestamp": moment,
                    }
                    for name, state in self.states.items()
                ]
            }
        ]


def test_a_change_of_state_is_told_once_with_both_states() -> None:
    cloudwatch, sent = _CloudWatch(), []
    events = AlarmEvents(lambda: cloudwatch, sent.append)
    for states in ({"drift": "INSUFFICIENT_DATA"}, {"drift": "OK"}, {"drift": "ALARM"}, {"drift": "ALARM"}):
        cloudwatch.states = states
        events.poll()
    details = [json.loads(event["Detail"]) for event in sent]
    assert [(item["previousState"]["value"], item["state"]["value"]) for item in details] == [
        ("INSUFFICIENT_DATA", "OK"),
        ("OK", "ALARM"),
    ]
    assert sent[1]["Source"] == "aws.cloudwatch"
    assert sent[1]["DetailType"] == "CloudWatch Alarm State Change"
    assert sent[1]["Resources"] == ["arn:drift"]


def test_an_alarm_that_is_there_without_data_is_no_change() -> None:
    cloudwatch, sent = _CloudWatch(), []
    cloudwatch.states = {"quiet": "INSUFFICIENT_DATA"}
    AlarmEvents(lambda: cloudwatch, sent.append).poll()
    assert sent == []
