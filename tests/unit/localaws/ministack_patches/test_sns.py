"""An address hears of a topic once it has confirmed, and of nothing before."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from ministack.services import sns
from ministack.services.cloudformation import provisioners

from localaws.ministack_patches import sns as patched
from localaws.settings import Settings

ADDRESS = "you@example.com"


@pytest.fixture
def box(apply: Callable[..., None], settings: Settings) -> Iterator[Path]:
    """The folder of the mail that was sent."""
    apply(patched)
    yield settings.mail
    sns.reset()


@pytest.fixture
def topic(box: Path) -> str:
    assert not box.exists()
    return _create("AWS::SNS::Topic", {"TopicName": "people"})


def _create(kind: str, properties: dict[str, Any]) -> str:
    """Create a resource as CloudFormation does; answers its physical id."""
    made: str = provisioners._RESOURCE_HANDLERS[kind]["create"]("Any", properties, "stack")[0]
    return made


def _read(box: Path) -> list[EmailMessage]:
    paths = sorted(box.glob("*.eml")) if box.exists() else []
    return [_parse(path) for path in paths]


def _parse(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def _subscribe(topic: str, protocol: str = "email", **more: str) -> str:
    named = {"TopicArn": [topic], "Protocol": [protocol], "Endpoint": [ADDRESS]}
    status, _, body = sns._subscribe(named | {name: [value] for name, value in more.items()})
    assert status == 200
    found = re.search("<SubscriptionArn>(.*)</SubscriptionArn>", body.decode())
    assert found
    return found[1]


def _confirm(topic: str, token: str) -> tuple[int, str]:
    status, _, body = sns._confirm_subscription({"TopicArn": [topic], "Token": [token]})
    return status, body.decode()


def _token(message: EmailMessage) -> str:
    found = re.search("Token=([0-9a-f]+)", message.get_content())
    assert found
    return found[1]


def test_who_subscribes_is_asked_and_hears_nothing_before_the_answer(box: Path, topic: str) -> None:
    assert _subscribe(topic) == "pending confirmation"
    sns._fanout(topic, "1", "too early", "A subject")
    [asked] = _read(box)
    assert (asked["To"], asked["Subject"]) == (ADDRESS, "AWS Notification - Subscription Confirmation")
    assert topic in asked.get_content()
    assert sns._topics[topic]["attributes"]["SubscriptionsPending"] == "1"


def test_who_has_confirmed_gets_what_is_published(box: Path, topic: str) -> None:
    _subscribe(topic)
    assert _confirm(topic, _token(_read(box)[0]))[0] == 200
    sns._fanout(topic, "1", "Dusk has fallen.", "ALARM: drift")
    sns._fanout(topic, "2", "No subject", "")
    told, untitled = _read(box)[1:]
    assert told["Subject"] == "ALARM: drift"
    assert told.get_content().startswith("Dusk has fallen.\n\n--\n")
    assert untitled["Subject"] == "AWS Notification Message"
    assert sns._topics[topic]["attributes"]["SubscriptionsConfirmed"] == "1"


def test_a_stack_s_subscription_waits_for_its_answer_as_well(box: Path, topic: str) -> None:
    properties = {"TopicArn": topic, "Protocol": "email", "Endpoint": ADDRESS}
    arn = _create("AWS::SNS::Subscription", properties)
    listed = sns._list_subscriptions_by_topic({"TopicArn": [topic]})[2].decode()
    assert "<SubscriptionArn>PendingConfirmation</SubscriptionArn>" in listed
    assert arn not in listed
    assert _confirm(topic, _token(_read(box)[0]))[0] == 200
    assert arn in sns._list_subscriptions_by_topic({"TopicArn": [topic]})[2].decode()


def test_a_topic_that_brings_its_subscriptions_asks_them(box: Path) -> None:
    inline = {"Protocol": "email", "Endpoint": ADDRESS}
    topic = _create("AWS::SNS::Topic", {"TopicName": "inline", "Subscription": [inline]})
    assert topic in _read(box)[0].get_content()
    assert sns._topics[topic]["attributes"]["SubscriptionsPending"] == "1"


def test_a_wrong_or_old_token_confirms_nothing(box: Path, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _subscribe(topic)
    assert "Invalid token" in _confirm(topic, "0" * 240)[1]
    later = patched.time.time() + 3 * 24 * 3_600
    monkeypatch.setattr(patched.time, "time", lambda: later)
    assert "Invalid token" in _confirm(topic, _token(_read(box)[0]))[1]


def test_who_subscribes_again_is_asked_again_until_the_answer(box: Path, topic: str) -> None:
    _subscribe(topic)
    assert _subscribe(topic) == "pending confirmation"
    first, second = _read(box)
    assert _token(first) == _token(second)
    _confirm(topic, _token(first))
    assert _subscribe(topic).startswith(topic)
    assert len(_read(box)) == 2


def test_the_arn_is_told_to_who_asks_for_it(topic: str) -> None:
    assert _subscribe(topic, ReturnSubscriptionArn="true").startswith(f"{topic}:")


def test_json_by_mail_is_the_message_with_its_envelope(box: Path, topic: str) -> None:
    _subscribe(topic, "email-json")
    _confirm(topic, json.loads(_read(box)[0].get_content())["Token"])
    sns._fanout(topic, "1", json.dumps({"default": "all", "email-json": "mine"}), "S", "json")
    assert json.loads(_read(box)[1].get_content())["Message"] == "mine"


def test_a_filter_keeps_mail_away_as_it_does_for_queues(box: Path, topic: str) -> None:
    policy = {"FilterPolicy": {"kind": ["drift"]}}
    made = {"TopicArn": topic, "Protocol": "email", "Endpoint": ADDRESS}
    _create("AWS::SNS::Subscription", made | policy)
    _confirm(topic, _token(_read(box)[0]))
    sns._fanout(topic, "1", "budget", "S", "", {"kind": {"DataType": "String", "StringValue": "budget"}})
    assert len(_read(box)) == 1
    sns._fanout(topic, "2", "drift", "S", "", {"kind": {"DataType": "String", "StringValue": "drift"}})
    assert len(_read(box)) == 2
