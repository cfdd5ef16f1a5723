"""Deliveries that were given up, in the queue that their target names, with AWS's attributes.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from localaws import ministack
from localaws.aws import Aws
from localaws.deliveries.delivery import Delivery, Failed
from localaws.gaps.dead_letters import count
from localaws.gaps.service_grants import find_refusal
from localaws.shapes import Document

logger = logging.getLogger(__name__)

RULES = "events.amazonaws.com"
# What EventBridge calls a rule's failures; Scheduler hands on the target's own code.
_CODES = {
    "AccessDeniedException": "NO_PERMISSIONS",
    "ResourceNotFound": "NO_RESOURCE",
    "ResourceNotFoundException": "NO_RESOURCE",
    "ValidationException": "INVALID_PARAMETER",
    "EVENT_IN_INCORRECT_FORMAT": "EVENT_IN_INCORRECT_FORMAT",
}


def send(aws: Aws, delivery: Delivery, failed: Failed, condition: str) -> None:
    """Put a delivery into its dead-letter queue; without one, or where the queue does not take it, it is lost."""
    queue = delivery.target.get("DeadLetterConfig", {}).get("Arn", "")
    if delivery.principal == RULES:
        rule = {"Name": delivery.source.rpartition("/")[2]}
        count("FailedInvocations", rule)
        if queue and not _lets_in(aws, delivery, queue):
            count("InvocationsFailedToBeSentToDlq", rule)
            return
    if not queue:
        return
    attributes = {name: text for name, text in _attributes(delivery, failed, condition).items() if text}
    try:
        # Scheduler sends under the schedule's role. A rule's queue lets EventBridge in by its own policy.
        clients = aws.clients if delivery.principal == RULES else delivery.clients(aws)
        clients.get("sqs").send_message(
            QueueUrl=f"{aws.settings.endpoint}/{aws.settings.account}/{queue.rsplit(':', 1)[-1]}",
            MessageBody=json.dumps(delivery.event or delivery.target),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text[:1024]} for name, text in attributes.items()
            },
        )
    except (ClientError, BotoCoreError, Failed) as error:
        logger.warning("%s was not taken by %s: %s", delivery.source, queue, error)
        return
    # The message must be on disk before the delivery is forgotten.
    ministack.save("sqs")


def _lets_in(aws: Aws, delivery: Delivery, queue: str) -> bool:
    """Whether a queue's policy, and its key's, let EventBridge send to it for the delivery's rule."""
    refused = find_refusal(RULES, queue, delivery.source, aws.settings.account)
    if refused:
        logger.warning("%s did not reach its dead-letter queue: %s", delivery.source, refused.message)
    return refused is None


def _attributes(delivery: Delivery, failed: Failed, condition: str) -> Document:
    common = {
        "ERROR_MESSAGE": str(failed),
        "EXHAUSTED_RETRY_CONDITION": condition,
        "RETRY_ATTEMPTS": str(delivery.retries),
        "TARGET_ARN": delivery.target["Arn"],
    }
    if delivery.principal == RULES:
        return {**common, "ERROR_CODE": _CODES.get(failed.code, "ERROR_FROM_TARGET"), "RULE_ARN": delivery.source}
    return {
        **common,
        "ERROR_CODE": failed.code,
        "EXECUTION_ID": delivery.id,
        "IS_PAYLOAD_TRUNCATED": "false",
        "SCHEDULED_TIME": datetime.fromtimestamp(delivery.scheduled, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SCHEDULE_ARN": delivery.source,
    }
