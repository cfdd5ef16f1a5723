"""What EventBridge could not deliver: counted, logged, and sent to the target's dead-letter queue.

The message is the event; its attributes have what failed:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudwatch, sqs

from localaws.aws import Aws
from localaws.deliveries.delivery import Delivery, Failed
from localaws.ministack import saving, scope
from localaws.ministack.patching import Patch
from localaws.ministack_patches.service_grants import EVENTS, find_refusal
from localaws.store import retry_until_stored

logger = logging.getLogger(__name__)

Document = dict[str, Any]

# What EventBridge calls the failures of targets that are called here.
_CODES = {
    "AccessDeniedException": "NO_PERMISSIONS",
    "ResourceNotFound": "NO_RESOURCE",
    "ResourceNotFoundException": "NO_RESOURCE",
    "ValidationException": "INVALID_PARAMETER",
    "EVENT_IN_INCORRECT_FORMAT": "EVENT_IN_INCORRECT_FORMAT",
}


@dataclass(frozen=True)
class Failure:
    """Why a delivery failed: an error code of dead letters, a sentence, and whether another attempt may succeed."""

    code: str
    message: str
    retriable: bool = False


@dataclass(frozen=True)
class Lost:
    """What a rule (an ARN) could not deliver: the target as PutTargets took it, the event as the target sees it."""

    rule: str
    account: str
    target: Document
    event: Document
    retries: int

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule.rpartition("/")[2]


def patch(_: Aws) -> Patch:
    """Declare what is used of queues and metrics."""
    return Patch(
        reads={
            cloudwatch: ("record_metric",),
            sqs: ("_ensure_msg_fields", "_md5_msg_attrs", "_queue_by_arn", "queue_delay"),
        }
    )


def count(metric: str, rule: str) -> None:
    """Count one for a rule, by its name, in a metric of the namespace AWS/Events."""
    cloudwatch.record_metric("AWS/Events", metric, 1.0, "Count", {"RuleName": rule})


def give_up(lost: Lost, failure: Failure, exhausted: str) -> None:
    """End a delivery for good; `exhausted` names the limit of its RetryPolicy that was reached, if one was."""
    arn = lost.target.get("Arn", "")
    logger.warning("The rule %s did not reach %s: %s: %s", lost.name, arn, failure.code, failure.message)
    count("FailedInvocations", lost.name)
    queue = (lost.target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return
    refused = find_refusal(EVENTS, queue, lost.rule, lost.account)
    if refused:
        logger.warning("The rule %s did not reach its dead-letter queue: %s", lost.name, refused.message)
        count("InvocationsFailedToBeSentToDlq", lost.name)
        return
    attributes = {
        "RULE_ARN": lost.rule,
        "TARGET_ARN": arn,
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
        "RETRY_ATTEMPTS": str(lost.retries),
    }
    send(queue, json.dumps(lost.event), attributes | ({"EXHAUSTED_RETRY_CONDITION": exhausted} if exhausted else {}))
    count("InvocationsSentToDlq", lost.name)


def send(queue: str, body: str, attributes: dict[str, str]) -> None:
    """Put a message with its attributes into a queue (an ARN), on disk."""
    typed = {name: {"StringValue": value, "DataType": "String"} for name, value in attributes.items()}
    found, now = sqs._queue_by_arn(queue), time.time()
    message = {
        "id": str(uuid.uuid4()),
        "body": body,
        "md5": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "message_attributes": typed,
        "md5_attrs": sqs._md5_msg_attrs(typed),
        "sent_at": now,
        "visible_at": now + sqs.queue_delay(found),
    }
    sqs._ensure_msg_fields(message)
    found["messages"].append(message)
    # It must be on disk before the delivery is forgotten.
    retry_until_stored(lambda: saving.save("sqs"))


def give_up_delivery(aws: Aws, delivery: Delivery, failed: Failed, condition: str) -> None:
    """End a rule's delivery for good that localaws.deliveries has tried."""
    lost = Lost(delivery.source, aws.settings.account, delivery.target, delivery.event, delivery.retries)
    with scope.of_arn(delivery.source):
        give_up(lost, Failure(_CODES.get(failed.code, "ERROR_FROM_TARGET"), str(failed)), condition)
