"""EventBridge events of source aws.sagemaker, delivered at least once and in order.

Events wait in the store's outbox until EventBridge has taken them, so a crash between a transition and its event
repeats the event rather than losing it. Event shapes: see AWS's "Amazon SageMaker AI events" in EventBridge's
reference.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from localaws.insistence import REST_SECONDS
from localaws.store import Store, StoreError

logger = logging.getLogger(__name__)

Detail = dict[str, Any]
Deliver = Callable[[dict[str, Any]], None]


class Events:
    """Puts events into the outbox; a thread of its own takes them to EventBridge."""

    def __init__(self, store: Store, deliver: Deliver) -> None:
        self._store = store
        self._deliver = deliver
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to deliver, with what an earlier process left over."""
        self._wake.set()
        self._thread.start()

    def send(self, detail_type: str, detail: Detail, resources: list[str]) -> None:
        """Record an event; call it inside the transaction of the change that it tells of."""
        self._store.enqueue(
            {
                "Source": "aws.sagemaker",
                "DetailType": detail_type,
                "Detail": json.dumps(detail),
                "Resources": resources,
            }
        )
        self._wake.set()

    def close(self) -> None:
        """Stop delivering; what is left waits in the outbox for the next start."""
        self._closed = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            try:
                self._drain()
            except StoreError as error:
                # A full disk: the event waits in the outbox, and is delivered again when it can be taken out.
                logger.warning("Events wait: %s", error)
                time.sleep(REST_SECONDS)
                self._wake.set()

    def _drain(self) -> None:
        while not self._closed and (waiting := self._store.outbox()):
            for event_id, event in waiting:
                try:
                    self._deliver(event)
                except Exception:
                    # A rule's broken target must not hold up the events behind it.
                    logger.exception("EventBridge did not take %s", event["DetailType"])
                self._store.delivered(event_id)
