"""An encrypted topic and an encrypted dead-letter queue in MiniStack, with policies that a test chooses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from ministack.services import cloudwatch, eventbridge, kms, sns, sqs

Document = dict[str, Any]
ACCOUNT = "000000000000"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:people"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead-letters"
RULE = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/failed"
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:drift"
EVENT = {"Source": "bakery", "DetailType": "Burnt", "Detail": json.dumps({"tray": 3}), "EventBusName": "default"}
USED = (cloudwatch, eventbridge, kms, sns, sqs)


def allows(*actions: str, by: str = "events.amazonaws.com", **more: object) -> Document:
    """A statement for an AWS service; more members are `Condition` and `Effect`."""
    return {"Effect": "Allow", "Principal": {"Service": by}, "Action": list(actions), "Resource": "*", **more}


OF_THIS_ACCOUNT = {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
KEY = ("kms:Decrypt", "kms:GenerateDataKey*")


@dataclass
class Encrypted:
    """A topic, a queue and their key; `published` is what reached the topic."""

    key: str
    first_topic_policy: str
    published: list[str] = field(default_factory=list)

    def set_topic_policy(self, *statements: Document) -> None:
        sns._topics[TOPIC]["attributes"]["Policy"] = json.dumps({"Statement": list(statements)})

    def set_queue_policy(self, *statements: Document) -> None:
        sqs._queue_by_arn(QUEUE)["attributes"]["Policy"] = json.dumps({"Statement": list(statements)})

    def set_key_policy(self, *statements: Document) -> None:
        kms._keys[self.key]["Policy"] = json.dumps({"Statement": list(statements)})

    @property
    def letters(self) -> list[Document]:
        """The messages in the queue: their body and their attributes."""
        return [
            {
                "body": json.loads(message["body"]),
                **{name: value["StringValue"] for name, value in message["message_attributes"].items()},
            }
            for message in sqs._queue_by_arn(QUEUE)["messages"]
        ]

    @staticmethod
    def counted(metric: str) -> float:
        """The sum of a metric of EventBridge for the rule."""
        key = ("AWS/Events", metric, cloudwatch._dims_key({"RuleName": "failed"}))
        return sum(float(point["Value"]) for point in cloudwatch._metrics.get(key) or [])


def make() -> Encrypted:
    """Make topic, queue, key and a rule of every event of the source `bakery`; nobody may use them yet."""
    forget()
    _, _, body = kms._create_key({})
    key = json.loads(body)["KeyMetadata"]["KeyId"]
    sns._create_topic({"Name": ["people"]})
    sqs._act_create_queue({"QueueName": "dead-letters"}, "")
    for attributes in (sns._topics[TOPIC]["attributes"], sqs._queue_by_arn(QUEUE)["attributes"]):
        attributes["KmsMasterKeyId"] = key
    eventbridge._ensure_default_bus()
    eventbridge._put_rule({"Name": "failed", "EventPattern": json.dumps({"source": ["bakery"]})})
    made = Encrypted(key, sns._topics[TOPIC]["attributes"]["Policy"])
    for change in (made.set_topic_policy, made.set_queue_policy, made.set_key_policy):
        change()
    return made


def target(arn: str, **more: object) -> None:
    """Let the rule have one target."""
    eventbridge._put_targets({"Rule": "failed", "Targets": [{"Id": "one", "Arn": arn, **more}]})


def put_event() -> None:
    """Send the event that the rule waits for."""
    eventbridge._put_events({"Entries": [EVENT]})


def forget() -> None:
    """Empty MiniStack's services again."""
    module: ModuleType
    for module in USED:
        module.reset()
