"""Mail over SNS's own protocol: asked for, confirmed by whoever reads the message, and then delivered."""

from __future__ import annotations

import re

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.e2e.laptop import Laptop

pytestmark = pytest.mark.e2e


def test_an_address_confirms_without_an_account_and_then_gets_mail(laptop: Laptop) -> None:
    sns = laptop.client("sns")
    topic = sns.create_topic(Name="by-mail")["TopicArn"]
    asked = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
    assert asked["SubscriptionArn"] == "pending confirmation"
    token = re.search("Token=([0-9a-f]+)", "".join(_mail(laptop)).replace("=\n", "").replace("=3D", "="))
    assert token
    # Who reads the mail needs no credentials: the token is the right.
    unsigned = Config(signature_version=UNSIGNED)
    anyone = boto3.client("sns", endpoint_url=laptop.endpoint, region_name="us-east-1", config=unsigned)
    anyone.confirm_subscription(TopicArn=topic, Token=token[1])
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed["SubscriptionArn"].startswith(topic)
    sns.publish(TopicArn=topic, Subject="Drift", Message="Dusk has fallen.")
    assert "Dusk has fallen." in _mail(laptop)[-1]


def _mail(laptop: Laptop) -> list[str]:
    """The messages to the reader, oldest first, as they lie on the disk."""
    messages = [path.read_text(encoding="utf-8") for path in sorted((laptop.home / "mail").glob("*.eml"))]
    return [message for message in messages if "reader@example.com" in message]
