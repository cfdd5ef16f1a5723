"""EventBridge events of the services that are emulated here, delivered at least once and in order.

Events wait in the store's outbox until EventBridge has taken them, so a crash between a transition and its event
repeats the event rather than losing it. That one was taken is committed with the next event, or shortly afterwards:
a commit of its own for each would hold up the transitions. Event shapes: see AWS's "Amazon SageMaker AI events" in
EventBridge's reference.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from localaws.store import RETRY_SECONDS, Store, StoreError

logger = logging.getLogger(__name__)

_NOTE_SECONDS = 0.05  # that an event is delivered is committed after these where no other event was
Detail = dict[str, Any]
Deliver = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Outcome:
    """What came of one target of an event: what was started, or why nothing was."""

    target: str
    started: str = ""
    refused: str = ""


class Events:
    """Puts events into the outbox; a thread of its own takes them to EventBridge."""

    def __init__(self, store: Store, deliver: Deliver) -> None:
        self._store = store
        self._deliver = deliver
        self._wake = threading.Event()
        self._closed = False
        self._delivered = self._noted = 0  # the numbers of the last events that are so
        self._lock = threading.Lock()
        self._awaited: dict[int, Future[object]] = {}
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to deliver, with what an earlier process left over."""
        self._wake.set()
        self._thread.start()

    def send(
        self, detail_type: str, detail: Detail, resources: list[str], source: str = "aws.sagemaker"
    ) -> Future[object]:
        """Record an event; call it inside the transaction of the change that it is of.

        The answer is for who waits for what came of it: what `deliver` answered, or raised. Of an event that an
        earlier process has recorded, nobody hears.
        """
        event = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": resources}
        future: Future[object] = Future()
        # The store's lock comes first, as for who calls within a transaction; nobody reads the event before its end.
        with self._store.transaction():
            event_id = self._store.enqueue(event)
            self._store.delivered(self._delivered)
            with self._lock:
                self._awaited[event_id] = future
        self._wake.set()
        return future

    def close(self) -> None:
        """Stop delivering; what is left waits in the outbox for the next start."""
        self._closed = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed:
            woken = self._wake.wait(_NOTE_SECONDS if self._noted < self._delivered else None)
            try:
                if woken:
                    self._wake.clear()
                    self._drain()
                else:
                    self._note()
            except StoreError as error:
                # A full disk: what cannot be noted now is known to this process alone, which a crash would forget.
                logger.warning("Events stay in the outbox: %s", error)
                time.sleep(RETRY_SECONDS)
        with suppress(StoreError):  # the next process delivers them again
            self._note()

    def _drain(self) -> None:
        while not self._closed and (waiting := self._store.outbox(after=self._delivered)):
            for event_id, event in waiting:
                with self._lock:
                    future = self._awaited.pop(event_id, Future())
                try:
                    future.set_result(self._deliver(event))
                except Exception as error:
                    # A rule's broken target must not hold up the events behind it.
                    logger.exception("EventBridge did not take %s", event["DetailType"])
                    future.set_exception(error)
                self._delivered = event_id

    def _note(self) -> None:
        """Take out of the outbox what EventBridge has taken."""
        delivered = self._delivered
        self._store.delivered(delivered)
        self._noted = delivered
