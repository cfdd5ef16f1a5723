"""SNS's mail: MiniStack takes every mail address for confirmed, and drops what is published to it.

On AWS an address gets one message that asks it to confirm, and no other before it has; CloudFormation does not wait
for that. https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ministack.services import sns
from ministack.services.cloudformation import provisioners

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Subscription = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[dict[str, Any]], Answer]

SENDER = "no-reply@sns.amazonaws.com"
PROTOCOLS = ("email", "email-json")
PENDING = "PendingConfirmation"
_CONFIRM = "AWS Notification - Subscription Confirmation"
_UNTITLED = "AWS Notification Message"
# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html: a token is valid for two days.
_TOKEN_SECONDS = 2 * 24 * 3_600


def patch(aws: Aws) -> Patch:
    """Let addresses confirm, and keep what is published to them."""
    mail = _Mail(Mailbox(aws.settings.mail))
    return Patch(
        replaces={
            sns: {
                "_confirm_subscription": mail.expiring,
                "_fanout": mail.mailing,
                "_list_subscriptions": mail.hiding,
                "_list_subscriptions_by_topic": mail.hiding,
                "_subscribe": mail.asking,
            },
            provisioners: {"_sns_sub_create": mail.asking_from_a_stack},  # where an update makes it anew
        },
        handlers={
            ("AWS::SNS::Subscription", "create"): mail.asking_from_a_stack,
            ("AWS::SNS::Topic", "create"): mail.asking_from_a_topic,
        },
        reads={
            sns: (
                *("_build_envelope", "_error", "_find_subscription", "_matches_filter_policy", "_p"),
                *("_refresh_subscription_counts", "_resolve_message_for_protocol", "_topic_by_arn_any_scope"),
                "_topics",
            )
        },
    )


class Mailbox:
    """A folder of `.eml` files instead of what would be sent; their names sort by time. Safe for all threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def deliver(self, address: str, subject: str, text: str) -> None:
        """Keep a message to an address; it appears under its name when it is whole."""
        message = EmailMessage()
        message["From"], message["To"], message["Date"] = SENDER, address, formatdate(usegmt=True)
        # A header has one line; a subject of several would be refused by the library, and is by SNS.
        message["Subject"] = " ".join(subject.split())
        message.set_content(text)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / f"{time.time_ns()}.eml"
            draft = path.with_suffix(".draft")
            draft.write_bytes(message.as_bytes())
            draft.rename(path)


class _Mail:
    """SNS with a mailbox: each method makes MiniStack's function into one that knows mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def asking(self, subscribe: Handler) -> Handler:
        """Subscribe: an address that has not confirmed is asked, once more where it was asked before."""

        def subscribe_and_ask(params: dict[str, Any]) -> Answer:
            protocol, endpoint = sns._p(params, "Protocol"), sns._p(params, "Endpoint")
            known = {one["arn"] for one in self._subscriptions(sns._p(params, "TopicArn"))}
            answer = subscribe(params)
            for one in self._subscriptions(sns._p(params, "TopicArn")):
                if (one["protocol"], one["endpoint"]) != (protocol, endpoint) or protocol not in PROTOCOLS:
                    continue
                if one["arn"] not in known or not one["confirmed"]:
                    self._ask(one)
                    if sns._p(params, "ReturnSubscriptionArn") != "true":
                        shown = b"pending confirmation"
                        answer = (answer[0], answer[1], answer[2].replace(one["arn"].encode(), shown))
            return answer

        return subscribe_and_ask

    def asking_from_a_stack(self, create: Callable[..., Any]) -> Callable[..., Any]:
        """AWS::SNS::Subscription: the resource is complete at once, and the address is asked."""

        def create_and_ask(logical_id: str, properties: dict[str, Any], stack: str) -> Any:  # noqa: ANN401 - MiniStack's
            physical_id, attributes = create(logical_id, properties, stack)
            made = sns._find_subscription(properties.get("TopicArn", ""), physical_id)
            if made and made["protocol"] in PROTOCOLS:
                self._ask(made)
            return physical_id, attributes

        return create_and_ask

    def asking_from_a_topic(self, create: Callable[..., Any]) -> Callable[..., Any]:
        """AWS::SNS::Topic with subscriptions of its own."""

        def create_and_ask(logical_id: str, properties: dict[str, Any], stack: str) -> Any:  # noqa: ANN401 - MiniStack's
            arn, attributes = create(logical_id, properties, stack)
            for one in self._subscriptions(arn):
                if one["protocol"] in PROTOCOLS:
                    self._ask(one)
            return arn, attributes

        return create_and_ask

    def expiring(self, confirm: Handler) -> Handler:
        """ConfirmSubscription: a token of more than two days is none."""

        def confirm_in_time(params: dict[str, Any]) -> Answer:
            token = sns._p(params, "Token")
            for one in self._subscriptions(sns._p(params, "TopicArn")):
                if token and one.get("token") == token and time.time() > one.get("token_until", float("inf")):
                    refusal: Answer = sns._error("InvalidParameterException", "Invalid token", 400)
                    return refusal
            return confirm(params)

        return confirm_in_time

    def hiding(self, listing: Handler) -> Handler:
        """List calls: who has not confirmed has no ARN to be shown."""

        def list_and_hide(params: dict[str, Any]) -> Answer:
            status, headers, body = listing(params)
            for topic in list(sns._topics.values()):
                for one in topic["subscriptions"]:
                    if not one.get("confirmed"):
                        body = body.replace(one["arn"].encode(), PENDING.encode())
            return status, headers, body

        return list_and_hide

    def mailing(self, fan_out: Callable[..., Any]) -> Callable[..., Any]:
        """What is published goes to the addresses that have confirmed, as everywhere else."""

        def fan_out_and_mail(
            topic_arn: str,
            message_id: str,
            message: str,
            subject: str,
            structure: str = "",
            attributes: dict[str, Any] | None = None,
            **more: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            answer = fan_out(topic_arn, message_id, message, subject, structure, attributes, **more)
            for one in self._confirmed(topic_arn):
                text = sns._resolve_message_for_protocol(message, structure, one["protocol"])
                if not sns._matches_filter_policy(one, attributes or {}, text):
                    continue
                if one["protocol"] == "email-json":
                    text = sns._build_envelope(topic_arn, message_id, text, subject, attributes or {}, False)
                self._mailbox.deliver(one["endpoint"], subject or _UNTITLED, _with_footer(one, text))
            return answer

        return fan_out_and_mail

    def _confirmed(self, topic_arn: str) -> Iterator[Subscription]:
        return (one for one in self._subscriptions(topic_arn) if one["protocol"] in PROTOCOLS and one["confirmed"])

    def _subscriptions(self, topic_arn: str) -> list[Subscription]:
        topic = sns._topic_by_arn_any_scope(topic_arn) if topic_arn else None
        return list(topic["subscriptions"]) if topic else []

    def _ask(self, one: Subscription) -> None:
        one["confirmed"], one["token"] = False, one.get("token") or secrets.token_hex(120)
        one["token_until"] = time.time() + _TOKEN_SECONDS
        one["attributes"][PENDING] = "true"
        sns._refresh_subscription_counts(sns._topic_by_arn_any_scope(one["topic_arn"]))
        text = _request(one)
        if one["protocol"] == "email-json":
            text = json.dumps({"Type": "SubscriptionConfirmation", "TopicArn": one["topic_arn"], "Token": one["token"]})
        self._mailbox.deliver(one["endpoint"], _CONFIRM, text)


def _page(name: str, one: Subscription, **named: str) -> str:
    """The address of SNS's page for people; nothing on this machine answers there."""
    region = one["topic_arn"].split(":")[3]
    query = urlencode({**named, "Endpoint": one["endpoint"]}, safe=":@")
    return f"https://sns.{region}.amazonaws.com/{name}.html?{query}"


def _request(one: Subscription) -> str:
    link = _page("confirmation", one, TopicArn=one["topic_arn"], Token=one["token"])
    return (
        f"You have chosen to subscribe to the topic:\n{one['topic_arn']}\n\n"
        "To confirm this subscription, open the link below; if this was an error, nothing has to be done.\n"
        f"Confirm subscription: {link}\n"
    )


def _with_footer(one: Subscription, text: str) -> str:
    if one["protocol"] == "email-json":
        return text
    link = _page("unsubscribe", one, SubscriptionArn=one["arn"])
    return f"{text}\n\n--\nTo receive no more messages from this topic, open the link below:\n{link}\n"
