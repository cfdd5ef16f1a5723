"""Mail that the local AWS would send: kept as files, one a message, and sent to nobody."""

from __future__ import annotations

import threading
import time
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

SENDER = "no-reply@sns.amazonaws.com"


class Mailbox:
    """A folder of `.eml` files whose names sort by the moment of each message. Safe for all threads."""

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
