"""Scheduler's deliveries that were given up, in the queue that their target names, with AWS's attributes.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from localaws.aws import Aws
from localaws.deliveries.delivery import Delivery, Failed
from localaws.ministack import saving
from localaws.shapes import Document
from localaws.store import retry_until_stored

logger = logging.getLogger(__name__)


def send(aws: Aws, delivery: Delivery, failed: Failed, condition: str) -> None:
    """Put a delivery into its dead-letter queue; without one, or where the queue does not take it, it is lost."""
    logger.warning("%s was not delivered to %s: %s", delivery.source, delivery.target["Arn"], failed)
    queue = delivery.target.get("DeadLetterConfig", {}).get("Arn", "")
    if not queue:
        return
    attributes = {name: text for name, text in _attributes(delivery, failed, condition).items() if text}
    try:
        # Scheduler sends under the schedule's role.
        delivery.clients(aws).get("sqs").send_message(
            QueueUrl=f"{aws.settings.endpoint}/{aws.settings.account}/{queue.rsplit(':', 1)[-1]}",
            MessageBody=json.dumps(delivery.target),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text[:1024]} for name, text in attributes.items()
            },
        )
    except (ClientError, BotoCoreError, Failed) as error:
        logger.warning("%s was not taken by %s: %s", delivery.source, queue, error)
        return
    # The message must be on disk before the delivery is forgotten.
    retry_until_stored(lambda: saving.save("sqs"))


def _attributes(delivery: Delivery, failed: Failed, condition: str) -> Document:
    return {
        "ERROR_CODE": failed.code,
        "ERROR_MESSAGE": str(failed),
        "EXECUTION_ID": delivery.id,
        "EXHAUSTED_RETRY_CONDITION": condition,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(delivery.retries),
        "SCHEDULED_TIME": datetime.fromtimestamp(delivery.scheduled, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SCHEDULE_ARN": delivery.source,
        "TARGET_ARN": delivery.target["Arn"],
    }
