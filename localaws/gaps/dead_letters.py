"""What EventBridge could not deliver: counted, said in the log, and sent to the target's dead-letter queue.

The message is the event; its attributes tell what failed:
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

from localaws import ministack
from localaws.gaps.service_grants import EVENTS, find_refusal

logger = logging.getLogger(__name__)

Document = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """Why a delivery failed: an error code of dead letters, a sentence, and whether another attempt may succeed."""

    code: str
    message: str
    retriable: bool = False


def count(metric: str, rule: Document) -> None:
    """Count one for a rule in a metric of the namespace AWS/Events."""
    from ministack.services import cloudwatch  # noqa: PLC0415 - after configure()

    cloudwatch.record_metric("AWS/Events", metric, 1.0, "Count", {"RuleName": rule.get("Name", "")})


def give_up(kept: Document, failure: Failure, exhausted: str) -> None:
    """End a delivery (its Target, Event, Rule and Attempts) for good; `exhausted` names the limit that was reached."""
    target, rule = kept["Target"], kept["Rule"]
    arn = target.get("Arn", "")
    logger.warning("The rule %s did not reach %s: %s: %s", rule.get("Name"), arn, failure.code, failure.message)
    count("FailedInvocations", rule)
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return
    refused = find_refusal(EVENTS, queue, rule.get("Arn", ""), kept["Event"].get("Account", ""))
    if refused:
        logger.warning("The rule %s did not reach its dead-letter queue: %s", rule.get("Name"), refused.message)
        count("InvocationsFailedToBeSentToDlq", rule)
        return
    told = {
        "RULE_ARN": rule.get("Arn", ""),
        "TARGET_ARN": arn,
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
        "RETRY_ATTEMPTS": str(kept["Attempts"]),
    }
    _send(queue, kept["Event"], told | ({"EXHAUSTED_RETRY_CONDITION": exhausted} if exhausted else {}))
    count("InvocationsSentToDlq", rule)


def _send(queue: str, event: Document, told: dict[str, str]) -> None:
    from ministack.services import eventbridge, sqs  # noqa: PLC0415

    body = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    attributes = {name: {"StringValue": value, "DataType": "String"} for name, value in told.items()}
    found, now = sqs._queue_by_arn(queue), time.time()
    message = {
        "id": str(uuid.uuid4()),
        "body": body,
        "md5": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "message_attributes": attributes,
        "md5_attrs": sqs._md5_msg_attrs(attributes),
        "sent_at": now,
        "visible_at": now + sqs.queue_delay(found),
    }
    sqs._ensure_msg_fields(message)
    found["messages"].append(message)
    # It must be on disk before the delivery is forgotten.
    ministack.save("sqs")
