"""CloudWatch alarms: MiniStack changes their state and tells nobody; AWS sends an EventBridge event."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
Deliver = Callable[[dict[str, Any]], None]


class AlarmEvents:
    """Looks at all alarms once a second and sends "CloudWatch Alarm State Change" for those that have changed."""

    def __init__(self, cloudwatch: Callable[[], Any], deliver: Deliver) -> None:
        self._cloudwatch = cloudwatch
        self._deliver = deliver
        self._known: dict[str, str] = {}

    def run(self, stopping: threading.Event) -> None:
        """Look until told to stop; a look that fails is not the last."""
        while not stopping.wait(_POLL_SECONDS):
            try:
                self.look()
            except Exception:
                logger.exception("The alarms could not be read")

    def look(self) -> None:
        """Send an event for each alarm whose state is another than at the last look."""
        pages = self._cloudwatch().get_paginator("describe_alarms").paginate()
        for alarm in [alarm for page in pages for alarm in page["MetricAlarms"]]:
            arn, state = alarm["AlarmArn"], alarm["StateValue"]
            # A new alarm begins without data; that it is there is no change of its state.
            previous = self._known.get(arn, "INSUFFICIENT_DATA")
            self._known[arn] = state
            if state != previous:
                self._deliver(_event(alarm, previous))


def _event(alarm: dict[str, Any], previous: str) -> dict[str, Any]:
    changed = alarm["StateUpdatedTimestamp"].isoformat()
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": {"value": alarm["StateValue"], "reason": alarm.get("StateReason", ""), "timestamp": changed},
        "previousState": {"value": previous},
        "configuration": {"description": alarm.get("AlarmDescription", "")},
    }
    return {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }
