"""The reader's mail, as the local AWS keeps it."""

from __future__ import annotations

import email
import re
import time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tests.rehearsal.site import Site
from tests.rehearsal.walk import WalkError

ADDRESS = "you@example.com"
_WAIT_SECONDS = 45
_LINK = re.compile(r"TopicArn=(\S+?)&Token=([0-9a-f]+)")


def read(site: Site) -> list[EmailMessage]:
    """The messages to the reader, oldest first."""
    found = [_parse(path) for path in sorted(site.settings.mail.glob("*.eml"))]
    return [message for message in found if message["To"] == ADDRESS]


def _parse(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def confirm(site: Site) -> None:
    """Confirm the subscription, as a click on the mail's link does."""
    asked = [message for message in read(site) if "Confirmation" in message["Subject"]]
    link = _LINK.search(asked[-1].get_content()) if asked else None
    if link is None:
        raise WalkError(f"no mail that asks for a confirmation has come to {ADDRESS}: is NotificationEmail set?")
    # The mail's token is enough: no credentials.
    sns = boto3.client(
        "sns",
        endpoint_url=site.settings.endpoint,
        region_name=site.settings.region,
        config=Config(signature_version=UNSIGNED),
    )
    sns.confirm_subscription(TopicArn=link[1], Token=link[2])


def await_about(site: Site, word: str) -> EmailMessage:
    """Wait for a message whose subject contains a word; raises WalkError if none arrives."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        for message in read(site):
            if word in message["Subject"]:
                return message
        time.sleep(0.2)
    subjects = [message["Subject"] for message in read(site)]
    raise WalkError(
        f"no mail about {word} has come to {ADDRESS} within {_WAIT_SECONDS} s: was the subscription confirmed, and may "
        f"the alarm publish to the topic? What came: {subjects or 'nothing'}."
    )
