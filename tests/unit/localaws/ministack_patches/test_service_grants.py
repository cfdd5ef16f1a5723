"""Alarms, topics and buckets reach what lets them in, by its own policy and by its key's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from ministack.services import cloudwatch, lambda_svc, s3, sns, sqs

from localaws.ministack_patches import service_grants
from tests.unit.localaws.ministack_patches import encrypted
from tests.unit.localaws.ministack_patches.encrypted import (
    ALARM,
    KEY,
    OF_THIS_ACCOUNT,
    QUEUE,
    TOPIC,
    Document,
    Encrypted,
    allows,
)

ALARMS = "cloudwatch.amazonaws.com"
OF_THE_ALARM = {"Condition": {"ArnLike": {"aws:SourceArn": ALARM}}}
OF_ANOTHER = {"Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:bake"
BUCKET = "arn:aws:s3:::pictures"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, apply: Callable[[ModuleType], None]) -> Iterator[Encrypted]:
    made = encrypted.make()
    apply(service_grants)
    monkeypatch.setattr(sns, "_fanout", lambda _, __, message, *___, **____: made.published.append(message))
    yield made
    encrypted.forget()


def ring(**more: object) -> None:
    alarm = {"AlarmName": "drift", "AlarmArn": ALARM, "AlarmActions": [TOPIC], **more}
    cloudwatch._dispatch_alarm_actions(alarm, "OK", "ALARM", "too hot")


@pytest.mark.parametrize("condition", [{}, OF_THIS_ACCOUNT, OF_THE_ALARM])
def test_an_alarm_reaches_a_topic_whose_policies_may_name_its_account_or_itself(
    world: Encrypted, condition: Document
) -> None:
    world.set_topic_policy(allows("sns:Publish", by=ALARMS, **condition))
    world.set_key_policy(allows(*KEY, by=ALARMS, **condition))
    ring()
    assert len(world.published) == 1
    assert cloudwatch._history_entries() == []


def test_an_alarm_reaches_a_topic_with_the_policy_that_sns_gave_it(world: Encrypted) -> None:
    sns._topics[TOPIC]["attributes"].update(Policy=world.first_topic_policy, KmsMasterKeyId="")
    ring()
    assert len(world.published) == 1


@pytest.mark.parametrize(
    ("topic", "key", "said"),
    [
        (
            [],
            [allows(*KEY, by=ALARMS)],
            f"Resource: {ALARM} is not authorized to perform: SNS:Publish on resource: {TOPIC}",
        ),
        ([allows("sns:Publish")], [allows(*KEY, by=ALARMS)], "is not authorized to perform: SNS:Publish"),
        ([allows("sns:Publish", by=ALARMS, **OF_ANOTHER)], [allows(*KEY, by=ALARMS)], "not authorized to perform"),
        ([allows("sns:Publish", by=ALARMS)], [allows(*KEY)], "does not have authorization to access the SNS topic"),
    ],
)
def test_an_alarm_that_is_not_let_in_says_so_in_its_history(
    world: Encrypted, topic: list[Document], key: list[Document], said: str
) -> None:
    world.set_topic_policy(*topic)
    world.set_key_policy(*key)
    ring()
    assert world.published == []
    (entry,) = cloudwatch._history_entries()
    assert entry["HistoryItemType"] == "Action"
    assert entry["HistorySummary"].startswith(f"Failed to execute action {TOPIC}. Received error: ")
    assert said in entry["HistorySummary"]


def test_an_alarm_whose_actions_are_off_asks_nobody(world: Encrypted) -> None:
    ring(ActionsEnabled=False)
    assert (world.published, cloudwatch._history_entries()) == ([], [])


@pytest.mark.parametrize(("service", "source"), [("sns.amazonaws.com", TOPIC), ("s3.amazonaws.com", BUCKET)])
def test_a_queue_takes_messages_where_its_policy_and_its_key_let_the_service_in(
    world: Encrypted, service: str, source: str
) -> None:
    asked = (QUEUE, service, source, encrypted.ACCOUNT)
    assert not sqs.queue_policy_allows(*asked)
    world.set_queue_policy(allows("sqs:SendMessage", by=service, **OF_THIS_ACCOUNT))
    assert not sqs.queue_policy_allows(*asked)
    world.set_key_policy(allows(*KEY, by=service))
    assert sqs.queue_policy_allows(*asked)


def test_a_topic_takes_a_buckets_events_where_its_policy_and_its_key_let_s3_in(world: Encrypted) -> None:
    asked = (TOPIC, "s3.amazonaws.com", BUCKET, encrypted.ACCOUNT)
    world.set_topic_policy(allows("sns:Publish", by="s3.amazonaws.com"))
    assert not sns.topic_policy_allows(*asked)
    world.set_key_policy(allows(*KEY, by="s3.amazonaws.com"))
    assert sns.topic_policy_allows(*asked)


@pytest.mark.parametrize("service", ["sns", "s3"])
def test_a_function_is_called_for_a_topic_or_a_bucket_that_its_policy_names(
    world: Encrypted, monkeypatch: pytest.MonkeyPatch, apply: Callable[[ModuleType], None], service: str
) -> None:
    assert world
    source = {"sns": TOPIC, "s3": BUCKET}[service]
    named = allows(
        "lambda:InvokeFunction", by=f"{service}.amazonaws.com", Condition={"ArnEquals": {"AWS:SourceArn": source}}
    )
    function: Document = {"policy": {"Statement": []}}
    called: list[object] = []
    monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref", lambda _: (function, function, "bake"))
    monkeypatch.setattr(sns, "_deliver_to_lambda", lambda *call: called.append(call))
    monkeypatch.setattr(s3, "_deliver_event_to_lambda", lambda *call: called.append(call))
    apply(service_grants)

    def deliver() -> None:
        if service == "sns":
            sns._deliver_to_lambda(FUNCTION, "{}", TOPIC, "sub", "id", "message", {})
        else:
            event = {"Records": [{"s3": {"bucket": {"arn": BUCKET}}}]}
            s3._deliver_event_to_lambda(FUNCTION, event, "us-east-1")

    deliver()
    assert called == []
    function["policy"]["Statement"].append(named)
    deliver()
    assert len(called) == 1
