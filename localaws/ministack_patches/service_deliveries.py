"""Alarms to topics, topics to queues and functions, S3 to all three: MiniStack lets them through as nobody.

Under AUTH it asks a topic's and a queue's own policy, but never a key's or a function's. Here a delivery needs all of
them, whoever calls: a policy belongs to what was deployed.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from localaws.ministack import replace
from localaws.ministack_patches.service_grants import ALARMS, Refusal, find_refusal

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Deliver = Callable[..., None]

_FIELDS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def apply() -> None:
    """Ask the policies of the target and of its key before each of these deliveries."""
    from ministack.services import cloudwatch, s3, sns, sqs  # noqa: PLC0415 - after configure()

    replace(sqs, "queue_policy_allows", lambda _: _allows)
    replace(sns, "topic_policy_allows", lambda _: _allows)
    replace(sns, "_deliver_to_lambda", _from_a_topic)
    replace(s3, "_deliver_event_to_lambda", _from_a_bucket)
    replace(cloudwatch, "_history_entries", lambda kept: kept)
    replace(cloudwatch, "_dispatch_alarm_actions", _from_an_alarm)


def _allows(target: str, service: str, source: str, account: str) -> bool:
    return not _said(find_refusal(service, target, source, account))


def _said(refused: Refusal | None) -> bool:
    if refused:
        logger.warning("Not delivered: %s", refused.message)
    return refused is not None


def _from_a_topic(deliver: Deliver) -> Deliver:
    def deliver_if_granted(function: str, envelope: str, topic: str, *more: object) -> None:
        if not _said(find_refusal("sns.amazonaws.com", function, topic, topic.split(":")[4])):
            deliver(function, envelope, topic, *more)

    return deliver_if_granted


def _from_a_bucket(deliver: Deliver) -> Deliver:
    def deliver_if_granted(function: str, event: Document, *more: object) -> None:
        bucket = event["Records"][0]["s3"]["bucket"]
        # The function's account is the bucket's here: this AWS has one.
        if not _said(find_refusal("s3.amazonaws.com", function, bucket["arn"], function.split(":")[4])):
            deliver(function, event, *more)

    return deliver_if_granted


def _from_an_alarm(dispatch: Deliver) -> Deliver:
    def dispatch_what_is_granted(alarm: Document, old: str, new: str, reason: str) -> None:
        name = _FIELDS.get(new, "")
        granted = [action for action in alarm.get(name) or [] if not _refused_action(alarm, action)]
        dispatch({**alarm, name: granted}, old, new, reason)

    return dispatch_what_is_granted


def _refused_action(alarm: Document, action: object) -> bool:
    """Whether an alarm's action is a topic that it may not publish to; the alarm's history then says so."""
    if not isinstance(action, str) or ":sns:" not in action or not alarm.get("ActionsEnabled", True):
        return False
    source = alarm["AlarmArn"]
    refused = find_refusal(ALARMS, action, source, source.split(":")[4])
    if not _said(refused) or refused is None:
        return False
    # In AWS's words: https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    error = (
        "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
        if refused.action.startswith("kms:")
        else f"Resource: {source} is not authorized to perform: SNS:Publish on resource: {action}"
    )
    _note(alarm, f'Failed to execute action {action}. Received error: "{error}"', {"error": error, "resource": action})
    return True


def _note(alarm: Document, summary: str, data: Document) -> None:
    from ministack.services import cloudwatch  # noqa: PLC0415

    cloudwatch._history_entries().append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
            "Timestamp": cloudwatch._ts_iso(time.time()),
            "HistoryItemType": "Action",
            "HistorySummary": summary,
            "HistoryData": json.dumps({"actionState": "Failed", **data}),
        }
    )
