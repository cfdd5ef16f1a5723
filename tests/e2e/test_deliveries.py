"""The deployed stack's topic, queue and key: rules and alarms reach people, and what is refused is a dead letter."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.laptop import Laptop

pytestmark = pytest.mark.e2e

Document = dict[str, Any]
PEOPLE = "arn:aws:sns:us-east-1:000000000000:scones-people"
LETTERS = "arn:aws:sqs:us-east-1:000000000000:scones-dead-letters"
HEARD = "arn:aws:sqs:us-east-1:000000000000:what-people-hear"


@pytest.fixture(scope="module")
def heard(laptop: Laptop) -> Iterator[Callable[[str], Document]]:
    """Wait for a message to people that has a text in it."""
    sqs, sns = laptop.client("sqs"), laptop.client("sns")
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": HEARD,
        "Condition": {"ArnEquals": {"aws:SourceArn": PEOPLE}},
    }
    attributes = {"Policy": json.dumps({"Statement": [policy]})}
    url = sqs.create_queue(QueueName="what-people-hear", Attributes=attributes)["QueueUrl"]
    subscription = sns.subscribe(TopicArn=PEOPLE, Protocol="sqs", Endpoint=HEARD, ReturnSubscriptionArn=True)
    yield lambda text: received(laptop, url, text)
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


def received(laptop: Laptop, url: str, text: str) -> Document:
    """The first message of a queue that has a text in its body, with its attributes."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = laptop.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"])
        for message in answer.get("Messages", []):
            found: Document = message
            if text in found["Body"]:
                laptop.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=found["ReceiptHandle"])
                return found
    raise AssertionError(f"nothing with {text!r} came to {url}")


@pytest.fixture
def letters(laptop: Laptop) -> Iterator[str]:
    """The stack's queue of dead letters, whose policy names the stack's rules and, for a while, the tests' as well."""
    sqs = laptop.client("sqs")
    url: str = sqs.get_queue_url(QueueName="scones-dead-letters")["QueueUrl"]
    own = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    wider = json.loads(own)
    [rules] = [entry["Condition"]["ArnLike"] for entry in wider["Statement"] if entry["Sid"] == "FromEventBridge"]
    rules["aws:SourceArn"].append("arn:aws:events:us-east-1:000000000000:rule/scones-of-the-tests")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(wider)})
    yield url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": own})


@pytest.fixture
def rule(laptop: Laptop) -> Iterator[Callable[[str], None]]:
    """Let events of the source `bakery` go to a topic, and what fails to the stack's dead letters."""
    events = laptop.client("events")
    events.put_rule(Name="scones-of-the-tests", EventPattern=json.dumps({"source": ["bakery"]}))

    def send_to(topic: str) -> None:
        target = {"Id": "topic", "Arn": topic, "DeadLetterConfig": {"Arn": LETTERS}}
        events.put_targets(Rule="scones-of-the-tests", Targets=[target])
        events.put_events(Entries=[{"Source": "bakery", "DetailType": "Burnt", "Detail": '{"tray": 3}'}])

    yield send_to
    events.remove_targets(Rule="scones-of-the-tests", Ids=["topic"])
    events.delete_rule(Name="scones-of-the-tests")


def test_people_hear_of_an_event(heard: Callable[[str], Document], rule: Callable[[str], None]) -> None:
    rule(PEOPLE)
    assert "Burnt" in heard("Burnt")["Body"]


def test_people_hear_of_an_alarm(laptop: Laptop, heard: Callable[[str], Document]) -> None:
    alarm = {"AlarmName": "scones-dead-letters", "StateReason": "by the tests"}
    laptop.client("cloudwatch").set_alarm_state(**alarm, StateValue="ALARM")
    assert "by the tests" in heard("scones-dead-letters")["Body"]
    laptop.client("cloudwatch").set_alarm_state(**alarm, StateValue="OK")


def test_what_a_topic_refuses_waits_among_the_dead_letters(
    laptop: Laptop, rule: Callable[[str], None], letters: str
) -> None:
    topic = laptop.client("sns").create_topic(Name="of-nobody")["TopicArn"]
    rule(topic)
    told = received(laptop, letters, "Burnt")["MessageAttributes"]
    assert told["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert told["TARGET_ARN"]["StringValue"] == topic
    assert "sns:Publish" in told["ERROR_MESSAGE"]["StringValue"]
    laptop.client("sns").delete_topic(TopicArn=topic)
