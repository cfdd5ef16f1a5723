"""EventBridge's deliveries: MiniStack makes them as nobody, once, and forgets what could not be delivered.

On AWS the target's policy (and its key's) must let EventBridge in. What fails for want of a permission or of the target
goes to the target's dead-letter queue at once; other failures are retried as the target's RetryPolicy says:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ministack.services import eventbridge

from localaws.aws import Aws
from localaws.ministack import scope
from localaws.ministack.patching import Patch
from localaws.ministack_patches.eventbridge import dead_letters
from localaws.ministack_patches.eventbridge.dead_letters import Failure, Lost
from localaws.ministack_patches.service_grants import EVENTS, find_refusal
from localaws.regions import is_region
from localaws.store import Store, StoreError, retry_until_stored

logger = logging.getLogger(__name__)

KIND = "event-delivery"
# AWS's, where the target's RetryPolicy names no others.
_RETRIES, _MAXIMUM_AGE_SECONDS = 185, 24 * 60 * 60
_FIRST_SECONDS, _LONGEST_SECONDS = 1.0, 600.0

Document = dict[str, Any]
Invoke = Callable[..., None]


@dataclass
class _Attempt:
    """A delivery under way, and its failures."""

    rule: Document
    account: str
    failures: list[Failure] = field(default_factory=list)


_attempt: ContextVar[_Attempt | None] = ContextVar("attempt", default=None)


def fail(code: str, message: str, *, retriable: bool = False) -> None:
    """Record that the delivery under way failed: with an error code of dead letters, and a sentence."""
    attempt = _attempt.get()
    if attempt:
        attempt.failures.append(Failure(code, message, retriable))


class Deliveries:
    """Carries deliveries out, and keeps those that are to be tried again until they have ended."""

    def __init__(self, store: Store, stopping: threading.Event) -> None:
        self._store = store
        self._stopping = stopping
        self.invoke: Invoke = lambda *_: None

    def deliver(self, target: Document, event: Document, rule: Document, view: Any = None) -> None:  # noqa: ANN401
        """Make the first attempt; take a failure to the dead letters, or begin to try again."""
        failure = self._try(target, event, rule, view)
        if failure:
            kept = {"Target": target, "Event": event, "Rule": rule, "Attempts": 0, "Since": time.time()}
            self._retry_or_end(kept, failure)

    def resume(self) -> None:
        """Go on with what an earlier process had not ended."""
        for kept in self._store.all(KIND):
            self._begin(kept)

    def _try(self, target: Document, event: Document, rule: Document, view: Any = None) -> Failure | None:  # noqa: ANN401
        attempt = _Attempt(rule, event.get("Account", ""))
        token = _attempt.set(attempt)
        try:
            self.invoke(target, event, rule, view)
        finally:
            _attempt.reset(token)
        if not attempt.failures:
            dead_letters.count("Invocations", rule.get("Name", ""))
        return attempt.failures[0] if attempt.failures else None

    def _retry_or_end(self, kept: Document, failure: Failure) -> None:
        exhausted = exhausted_condition(kept, time.time()) if failure.retriable else ""
        if failure.retriable and not exhausted:
            kept = {"Key": f"{time.time_ns():020}-{secrets.token_hex(4)}", **kept}
            try:
                self._store.put(KIND, kept["Key"], kept)
            except StoreError as error:
                logger.warning("A delivery is lost if this process ends before it: %s", error)
            self._begin(kept)
            return
        dead_letters.give_up(_lost(kept), failure, exhausted)
        if "Key" in kept:
            retry_until_stored(lambda: self._store.delete(KIND, kept["Key"]))

    def _begin(self, kept: Document) -> None:
        threading.Thread(target=self._again, args=(kept,), name="event-delivery", daemon=True).start()

    def _again(self, kept: Document) -> None:
        # Exponential, with jitter.
        longest = min(_FIRST_SECONDS * 2 ** min(kept["Attempts"], 20), _LONGEST_SECONDS)
        if self._stopping.wait(longest * (0.5 + random.random() / 2)):  # noqa: S311 - no secret
            return
        with scope.of_arn(kept["Rule"].get("Arn", "")):
            self._try_again(kept)

    def _try_again(self, kept: Document) -> None:
        dead_letters.count("RetryInvocationAttempts", kept["Rule"].get("Name", ""))
        failure = self._try(kept["Target"], kept["Event"], kept["Rule"])
        if failure:
            self._retry_or_end({**kept, "Attempts": kept["Attempts"] + 1}, failure)
        else:
            retry_until_stored(lambda: self._store.delete(KIND, kept["Key"]))


def _lost(kept: Document) -> Lost:
    event = kept["Event"]
    seen = eventbridge._pattern_event_view(event).event_with_detail()
    return Lost(kept["Rule"].get("Arn", ""), event.get("Account", ""), kept["Target"], seen, kept["Attempts"])


def exhausted_condition(kept: Document, now: float) -> str:
    """Which limit of the target's RetryPolicy forbids another attempt; empty where none does."""
    policy = kept["Target"].get("RetryPolicy") or {}
    if kept["Attempts"] >= policy.get("MaximumRetryAttempts", _RETRIES):
        return "MaximumRetryAttempts"
    if now - kept["Since"] >= policy.get("MaximumEventAgeInSeconds", _MAXIMUM_AGE_SECONDS):
        return "MaximumEventAgeInSeconds"
    return ""


def patch(aws: Aws) -> Patch:
    """Ask the policies of topics, queues and functions, and keep what fails."""
    deliveries = Deliveries(aws.store, aws.stopping)

    def delivering(invoke: Invoke) -> Invoke:
        deliveries.invoke = invoke
        return deliveries.deliver

    return Patch(
        replaces={
            eventbridge: {
                "_dispatch_to_event_bus": lambda dispatch: _watching(_crossing(dispatch)),
                "_dispatch_to_lambda": _asking,
                "_dispatch_to_sns": _asking,
                "_dispatch_to_sqs": _asking,
                "_dispatch_to_stepfunctions": _watching,
                "_invoke_target": delivering,
                "_target_matches_request_scope": _matching,
            }
        },
        reads={eventbridge: ("_ensure_default_bus", "_event_buses", "_pattern_event_view")},
        after=("lambda_.calls",),
        resume=deliveries.resume,
    )


def _asking(dispatch: Invoke) -> Invoke:
    def ask_and_dispatch(target: object, payload: str, *more: object) -> None:
        attempt = _attempt.get()
        if attempt is None:
            dispatch(target, payload, *more)
            return
        refused = find_refusal(EVENTS, str(target), attempt.rule.get("Arn", ""), attempt.account)
        if refused:
            fail(refused.code, refused.message)
            return
        _watching(dispatch)(target, payload, *more)

    return ask_and_dispatch


def _matching(matches: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A target of another region is taken by PutTargets and never reached; MiniStack would drop the event."""

    def match_or_fail(target: Any) -> bool:  # noqa: ANN401 - MiniStack's parts of an ARN
        if matches(target):
            return True
        fail("NO_RESOURCE", f"The target is in {target.region} and account {target.account_id}, the rule is not.")
        return False

    return match_or_fail


def _crossing(dispatch: Invoke) -> Invoke:
    """A bus may be in another region, which MiniStack does not look into:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    """

    def dispatch_there(bus: Any, *delivered: object) -> None:  # noqa: ANN401 - MiniStack's parts of an ARN
        if not is_region(bus.region):
            fail("NO_RESOURCE", f"{bus.region} is no region of AWS.")
            return
        with scope.within(bus.account_id, bus.region):
            eventbridge._ensure_default_bus()
            if bus.resource.partition("/")[2] in eventbridge._event_buses:
                dispatch(bus, *delivered)
            else:
                fail("NO_RESOURCE", f"There is no {bus.resource} in {bus.region}.")

    return dispatch_there


def _watching(dispatch: Invoke) -> Invoke:
    """A delivery that breaks is tried again; MiniStack would only log it."""

    def dispatch_or_fail(*delivered: object) -> None:
        try:
            dispatch(*delivered)
        except Exception as error:
            logger.exception("A delivery broke")
            fail("INTERNAL_ERROR", str(error), retriable=True)

    return dispatch_or_fail
