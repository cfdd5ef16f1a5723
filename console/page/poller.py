"""Reads from AWS once for everybody who watches. A topic that nobody has asked for in a while is not read.

A panel asks for a topic again and again and always gets the reading of the moment. While anybody asks, one task a
topic renews the reading; two tabs cost no more calls than one. A failed attempt keeps the last good value, with
the error beside it, and is retried after longer and longer pauses.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from console.page.errors import format_error

T = TypeVar("T")

log = logging.getLogger(__name__)
_LEASE_SECONDS = 4.0
_TICK_SECONDS = 0.1
_LONGEST_PAUSE = 15.0
_KEPT = 200


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What is known of a topic: the last good value, when it was read, and why the last attempt failed."""

    value: T | None = None
    at: float | None = None
    error: str | None = None
    number: int = 0

    def age(self) -> float:
        return 0.0 if self.at is None else time.monotonic() - self.at


@dataclass(frozen=True)
class Topic(Generic[T]):
    """Something to read: its key, how to read it, and how long a value stays good."""

    key: Hashable
    read: Callable[[], T]
    seconds: Callable[[T], float] = lambda _: 5.0


class Poller:
    """The readings of all topics, renewed while somebody asks for them."""

    def __init__(self, pace: float = 1.0, lease: float = _LEASE_SECONDS) -> None:
        self._pace, self._lease = pace, lease
        self._readings: dict[Hashable, Reading[Any]] = {}
        self._asked: dict[Hashable, float] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._refresh: dict[Hashable, asyncio.Event] = {}

    def ask(self, topic: Topic[T]) -> Reading[T]:
        """The reading of the moment; its renewal begins where it has not."""
        self._asked[topic.key] = time.monotonic()
        if topic.key not in self._tasks:
            self._refresh[topic.key] = asyncio.Event()
            self._tasks[topic.key] = asyncio.get_running_loop().create_task(self._renew(topic))
        return self._readings.get(topic.key, Reading())

    async def first(self, topic: Topic[T], seconds: float) -> Reading[T]:
        """The reading, waited for where there is none yet, but not for long."""
        deadline = time.monotonic() + seconds
        while (reading := self.ask(topic)).number == 0 and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        return reading

    def refresh_now(self, *topics: str) -> None:
        """Renew the topics whose keys begin with these words at once: something was changed here."""
        for key, event in self._refresh.items():
            if isinstance(key, tuple) and key[0] in topics:
                event.set()

    async def _renew(self, topic: Topic[T]) -> None:
        failures = 0
        try:
            while time.monotonic() - self._asked[topic.key] < self._lease:
                reading = await self._read(topic)
                self._readings[topic.key] = reading
                failures = failures + 1 if reading.error else 0
                await self._pause(topic.key, self._pause_seconds(topic, reading, failures))
        finally:
            del self._tasks[topic.key], self._refresh[topic.key]
            self._forget()

    async def _read(self, topic: Topic[T]) -> Reading[T]:
        before = self._readings.get(topic.key, Reading())
        try:
            value = await asyncio.to_thread(topic.read)
        except Exception as error:
            # Every failure is shown as a sentence and retried; the log has the whole error.
            log.debug("reading %s failed", topic.key, exc_info=True)
            return replace(before, error=format_error(error), number=before.number + 1)
        return Reading(value, time.monotonic(), None, before.number + 1)

    def _pause_seconds(self, topic: Topic[T], reading: Reading[T], failures: int) -> float:
        if failures or reading.at is None:
            return min(_LONGEST_PAUSE, self._pace * 2.0**failures)
        return self._pace * topic.seconds(cast("T", reading.value))

    async def _pause(self, key: Hashable, seconds: float) -> None:
        deadline, event = time.monotonic() + seconds, self._refresh[key]
        while time.monotonic() < deadline and not event.is_set():
            if time.monotonic() - self._asked[key] >= self._lease:
                return
            await asyncio.sleep(_TICK_SECONDS)
        event.clear()

    def _forget(self) -> None:
        """Keep the readings of the topics that were asked for last; an old one is better than an empty page."""
        for key in sorted(self._readings, key=lambda key: self._asked[key])[:-_KEPT]:
            if key not in self._tasks:
                del self._readings[key], self._asked[key]
