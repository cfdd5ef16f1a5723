"""EventBridge reaches what lets it in by policy, and what it cannot deliver is a dead letter."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ministack.services import eventbridge, kms, lambda_svc, sns

from localaws.ministack import saving
from localaws.ministack_patches.eventbridge import deliveries as patched
from localaws.ministack_patches.eventbridge.deliveries import KIND, Deliveries, exhausted_condition
from localaws.store import Store
from tests.unit.localaws.ministack_patches import encrypted
from tests.unit.localaws.ministack_patches.encrypted import (
    EVENT,
    KEY,
    OF_THIS_ACCOUNT,
    QUEUE,
    RULE,
    TOPIC,
    Document,
    Encrypted,
    allows,
)

PUBLISH, SEND = allows("sns:Publish"), allows("sqs:SendMessage")
OF_THE_RULE = {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/fail*"}}}
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:bake"


@pytest.fixture
def deliveries(tmp_path: Path) -> Iterator[Deliveries]:
    stopping = threading.Event()
    yield Deliveries(Store(tmp_path / "state.db"), stopping)
    stopping.set()


@pytest.fixture
def world(apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch, deliveries: Deliveries) -> Iterator[Encrypted]:
    """The topic and the queue of `encrypted`, with the rule's event sent to the topic."""
    made = encrypted.make()
    monkeypatch.setattr(saving, "save", lambda *_: None)
    monkeypatch.setattr(sns, "_fanout", lambda _, __, message, *___, **____: made.published.append(message))
    monkeypatch.setattr(patched, "_FIRST_SECONDS", 0.001)
    monkeypatch.setattr(patched, "Deliveries", lambda *_: deliveries)
    apply(patched)
    encrypted.target(TOPIC, DeadLetterConfig={"Arn": QUEUE})
    yield made
    encrypted.forget()


def test_an_event_reaches_an_encrypted_topic_that_lets_eventbridge_in(world: Encrypted) -> None:
    world.set_topic_policy(PUBLISH)
    world.set_key_policy(allows(*KEY))
    encrypted.put_event()
    assert len(world.published) == 1
    assert (world.counted("Invocations"), world.counted("FailedInvocations"), world.letters) == (1, 0, [])


# AWS: SNS's page on keys and EventBridge's on resource-based policies; see service_grants.py.
@pytest.mark.parametrize(
    ("topic", "key", "refused"),
    [
        ([], [allows(*KEY)], "sns:Publish"),
        ([allows("sns:Publish", **OF_THIS_ACCOUNT)], [allows(*KEY)], "sns:Publish"),
        ([allows("sns:Publish", **OF_THE_RULE)], [allows(*KEY)], "sns:Publish"),
        ([allows("sns:Publish", by="cloudwatch.amazonaws.com")], [allows(*KEY)], "sns:Publish"),
        ([PUBLISH, allows("sns:Publish", Effect="Deny")], [allows(*KEY)], "sns:Publish"),
        ([PUBLISH], [], "kms:GenerateDataKey"),
        ([PUBLISH], [allows(*KEY, **OF_THIS_ACCOUNT)], "kms:GenerateDataKey"),
        ([PUBLISH], [allows(*KEY, **OF_THE_RULE)], "kms:GenerateDataKey"),
        ([PUBLISH], [allows("kms:GenerateDataKey*")], "kms:Decrypt"),
        ([PUBLISH], [{**allows(*KEY), "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}], "kms:GenerateDataKey"),
    ],
)
def test_what_topic_or_key_forbid_is_a_dead_letter_at_once(
    world: Encrypted, topic: list[Document], key: list[Document], refused: str
) -> None:
    world.set_topic_policy(*topic)
    world.set_key_policy(
        *key, {**allows(*KEY), "Condition": {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": QUEUE}}}
    )
    world.set_queue_policy(SEND)
    encrypted.put_event()
    assert world.published == []
    (letter,) = world.letters
    assert letter["body"]["detail"] == {"tray": 3}
    assert refused in letter.pop("ERROR_MESSAGE")
    assert letter.pop("body")
    assert letter == {"RULE_ARN": RULE, "TARGET_ARN": TOPIC, "ERROR_CODE": "NO_PERMISSIONS", "RETRY_ATTEMPTS": "0"}
    assert (world.counted("FailedInvocations"), world.counted("InvocationsSentToDlq")) == (1, 1)


def test_the_policy_that_sns_gives_a_new_topic_does_not_let_eventbridge_in(world: Encrypted) -> None:
    sns._topics[TOPIC]["attributes"]["Policy"] = world.first_topic_policy
    world.set_key_policy(allows(*KEY))
    world.set_queue_policy(SEND)
    encrypted.put_event()
    assert [letter["ERROR_CODE"] for letter in world.letters] == ["NO_PERMISSIONS"]


@pytest.mark.parametrize("condition", [{}, OF_THIS_ACCOUNT, OF_THE_RULE])
def test_a_queues_policy_may_name_the_rule_or_the_account(world: Encrypted, condition: Document) -> None:
    world.set_key_policy(allows(*KEY))
    world.set_queue_policy(allows("sqs:SendMessage", **condition))
    encrypted.target(QUEUE)
    encrypted.put_event()
    assert [letter["body"]["detail"] for letter in world.letters] == [{"tray": 3}]


def test_a_dead_letter_that_the_queue_refuses_is_counted_and_said(
    world: Encrypted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    encrypted.put_event()
    assert world.letters == []
    assert (world.counted("FailedInvocations"), world.counted("InvocationsFailedToBeSentToDlq")) == (1, 1)
    assert "The rule failed did not reach its dead-letter queue: User: events.amazonaws.com" in caplog.text


def test_a_target_that_is_gone_is_a_dead_letter(world: Encrypted) -> None:
    world.set_key_policy(allows(*KEY))
    world.set_queue_policy(SEND)
    encrypted.target(f"{TOPIC}-gone", DeadLetterConfig={"Arn": QUEUE})
    encrypted.put_event()
    assert [letter["ERROR_CODE"] for letter in world.letters] == ["NO_RESOURCE"]


def test_a_key_that_is_disabled_or_of_aws_stops_every_delivery(world: Encrypted) -> None:
    world.set_topic_policy(PUBLISH)
    world.set_key_policy(allows(*KEY))
    kms._keys[world.key]["KeyState"] = "Disabled"
    encrypted.put_event()
    sns._topics[TOPIC]["attributes"]["KmsMasterKeyId"] = "alias/aws/sns"
    encrypted.put_event()
    assert (world.published, world.counted("FailedInvocations")) == ([], 2)


@pytest.mark.parametrize(("policy", "called"), [([], 0), ([allows("lambda:InvokeFunction", **OF_THE_RULE)], 1)])
def test_a_function_is_called_where_its_policy_names_the_rule(
    world: Encrypted, monkeypatch: pytest.MonkeyPatch, policy: list[Document], called: int
) -> None:
    function = {"policy": {"Statement": policy}}
    calls: list[object] = []
    monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref", lambda _: (function, {"FunctionArn": FUNCTION}, "bake"))
    monkeypatch.setattr(lambda_svc, "_execution_record_for_config", lambda *_: function)
    monkeypatch.setattr(lambda_svc, "_execute_function_with_config_scope", lambda *call: calls.append(call))
    encrypted.target(FUNCTION)
    encrypted.put_event()
    assert (world.counted("Invocations"), world.counted("FailedInvocations")) == (called, 1 - called)


class _Broken(Exception):
    pass


def test_a_delivery_that_breaks_is_tried_again_until_it_is_made(
    world: Encrypted,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
    settled: Callable[[Callable[[], bool]], None],
) -> None:
    failures = [_Broken("busy"), _Broken("busy")]

    def publish(_: str, message: str, *__: object) -> Document:
        if failures:
            raise failures.pop()
        world.published.append(message)
        return {}

    monkeypatch.setattr(sns, "publish_internal", publish)
    world.set_topic_policy(PUBLISH)
    world.set_key_policy(allows(*KEY))
    encrypted.put_event()
    settled(lambda: len(world.published) == 1 and not deliveries._store.all(KIND))
    assert (world.counted("RetryInvocationAttempts"), world.counted("FailedInvocations")) == (2, 0)


def test_a_delivery_that_breaks_for_good_tells_which_limit_it_reached(
    world: Encrypted,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
    settled: Callable[[Callable[[], bool]], None],
) -> None:
    def publish(*_: object) -> Document:
        raise _Broken("busy")

    monkeypatch.setattr(sns, "publish_internal", publish)
    world.set_topic_policy(PUBLISH)
    world.set_queue_policy(SEND)
    world.set_key_policy(allows(*KEY))
    encrypted.target(TOPIC, DeadLetterConfig={"Arn": QUEUE}, RetryPolicy={"MaximumRetryAttempts": 2})
    encrypted.put_event()
    settled(lambda: bool(world.letters) and not deliveries._store.all(KIND))
    (letter,) = world.letters
    assert (letter["ERROR_CODE"], letter["ERROR_MESSAGE"]) == ("INTERNAL_ERROR", "busy")
    assert (letter["RETRY_ATTEMPTS"], letter["EXHAUSTED_RETRY_CONDITION"]) == ("2", "MaximumRetryAttempts")


def test_a_delivery_goes_on_in_the_next_process(
    world: Encrypted, deliveries: Deliveries, settled: Callable[[Callable[[], bool]], None]
) -> None:
    world.set_topic_policy(PUBLISH)
    world.set_key_policy(allows(*KEY))
    kept = {"Key": "1", "Target": {"Arn": TOPIC}, "Event": EVENT, "Rule": {"Arn": RULE}, "Attempts": 0, "Since": 0}
    deliveries._store.put(KIND, "1", kept)
    deliveries.resume()
    settled(lambda: len(world.published) == 1 and not deliveries._store.all(KIND))


@pytest.mark.parametrize(
    ("attempts", "age", "policy", "condition"),
    [
        (0, 0, {"MaximumRetryAttempts": 0}, "MaximumRetryAttempts"),
        (1, 61, {"MaximumEventAgeInSeconds": 60}, "MaximumEventAgeInSeconds"),
        (184, 86_399, {}, ""),
        (185, 0, {}, "MaximumRetryAttempts"),
        (1, 86_400, {}, "MaximumEventAgeInSeconds"),
    ],
)
def test_a_retry_policy_limits_attempts_and_age(attempts: int, age: int, policy: Document, condition: str) -> None:
    kept = {"Target": {"RetryPolicy": policy}, "Attempts": attempts, "Since": 1_000.0}
    assert exhausted_condition(kept, 1_000.0 + age) == condition


def test_a_target_of_another_kind_is_left_to_ministack(world: Encrypted, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(eventbridge, "_dispatch_to_stepfunctions", lambda *call: started.append(call))
    encrypted.target("arn:aws:states:us-east-1:000000000000:stateMachine:bake")
    encrypted.put_event()
    assert len(started) == 1
    assert world.counted("FailedInvocations") == 0
