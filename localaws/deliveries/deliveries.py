"""Deliveries to targets: each is in the store from before it is tried until it is taken or given up.

A failure of the target's making or of the network is tried again, twice as late each time, within the target's retry
policy. What a repetition cannot help (a missing right, resource or parameter) is given up at once, as EventBridge's
guide says of its rules: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial

from localaws.aws import Aws, now
from localaws.deliveries import dead_letters, targets
from localaws.deliveries.delivery import EVENTS, Delivery, Failed
from localaws.store import retry_until_stored

logger = logging.getLogger(__name__)

# Ends a delivery for good, with the condition of its retry policy that was met, or "".
GiveUp = Callable[[Aws, Delivery, Failed, str], None]

KIND = "delivery"
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 900.0
_MOST_ATTEMPTS, _OLDEST_SECONDS = 185, 86400


class Deliveries:
    """Takes deliveries, and carries each out in a thread of its own."""

    def __init__(self, aws: Aws, give_up_event: GiveUp) -> None:
        self._aws = aws
        self._give_up_event = give_up_event  # of a rule's event; a schedule's delivery is given up here

    def take(self, delivery: Delivery) -> None:
        """Keep a delivery, and begin it."""
        self.begin(self.record(delivery))

    def record(self, delivery: Delivery) -> Delivery:
        """Keep a delivery; once this is committed, a crash does not lose it."""
        self._aws.store.put(KIND, delivery.id, asdict(delivery))
        return delivery

    def begin(self, delivery: Delivery) -> None:
        """Carry a recorded delivery out."""
        threading.Thread(target=self._carry_out, args=(delivery,), name="delivery", daemon=True).start()

    def resume(self) -> None:
        """Begin what an earlier process had taken and not ended."""
        for document in self._aws.store.all(KIND):
            self.begin(Delivery(**document))

    def _carry_out(self, delivery: Delivery) -> None:
        stopping = self._aws.stopping
        while (failed := self._attempt(delivery)) is not None:
            if stopping.is_set():
                return  # it failed because the local AWS ends; the next one goes on
            condition = _exhausted(delivery, failed)
            if condition is not None:
                give_up = self._give_up_event if delivery.principal == EVENTS else dead_letters.send
                give_up(self._aws, delivery, failed, condition)
                break
            wait = min(_FIRST_WAIT_SECONDS * 2**delivery.retries, _LONGEST_WAIT_SECONDS)
            delivery = replace(delivery, retries=delivery.retries + 1)
            retry_until_stored(partial(self.record, delivery))
            if stopping.wait(wait):
                return
        retry_until_stored(lambda: self._aws.store.delete(KIND, delivery.id))

    def _attempt(self, delivery: Delivery) -> Failed | None:
        try:
            targets.call(self._aws, delivery)
        except Failed as failed:
            return failed
        except Exception as error:
            logger.exception("%s could not be delivered", delivery.source)
            return Failed("InternalFailure", f"{type(error).__name__}: {error}", again=True)
        return None


def _exhausted(delivery: Delivery, failed: Failed) -> str | None:
    """Why a delivery is given up: the condition of its retry policy that is met, or "" where no retry would help."""
    policy = delivery.target.get("RetryPolicy", {})
    if not failed.again:
        return ""
    if delivery.retries >= policy.get("MaximumRetryAttempts", _MOST_ATTEMPTS):
        return "MaximumRetryAttempts"
    return (
        "MaximumEventAgeInSeconds"
        if now() - delivery.taken >= policy.get("MaximumEventAgeInSeconds", _OLDEST_SECONDS)
        else None
    )
