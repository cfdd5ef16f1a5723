"""A part of a panel that follows a topic: drawn when it changes, with errors and the value's age above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from nicegui import ui

from console.formats import duration
from console.page.parts.elements import box, text
from console.page.poller import Poller, Reading, Topic

T = TypeVar("T")

_REFRESH_SECONDS = 0.4


class Live(Generic[T]):
    """Follows a topic. `draw` is called in the body with each new value; where `keeps` is false the body is emptied
    before, else `draw` changes in place what it built."""

    def __init__(
        self, poller: Poller, topic: Topic[T], draw: Callable[[T], None], *, keeps: bool = False, waiting: str = ""
    ) -> None:
        self._poller, self._topic, self._draw, self._keeps = poller, topic, draw, keeps
        self._number = -1
        self._drawn: Reading[T] = Reading()
        self._banner = box("banner")
        self._banner.props("role=status")
        with self._banner:
            self._message = text("")
        self._banner.set_visibility(False)
        self._waiting = text(waiting or "Asking AWS …", "empty", tag="p")
        self.body = box("stack")
        self._refresh()
        ui.timer(_REFRESH_SECONDS, self._refresh, immediate=False)

    def follow(self, topic: Topic[T]) -> None:
        self._topic, self._number = topic, -1
        self._refresh()

    def _refresh(self) -> None:
        reading = self._poller.ask(self._topic)
        self._warn(reading)
        if reading.number == self._number:
            return
        self._number = reading.number
        self._waiting.set_visibility(reading.at is None and not reading.error)
        if reading.at is None or (self._drawn.at is not None and reading.value == self._drawn.value):
            return
        self._drawn = reading
        if not self._keeps:
            self.body.clear()
        with self.body:
            self._draw(cast("T", reading.value))

    def _warn(self, reading: Reading[T]) -> None:
        stale = reading.at is not None and reading.error is not None
        aged = f" What you see is {duration(reading.age())} old." if stale and reading.age() > 1 else ""
        self._message.set_text((reading.error or "") + aged)
        self._banner.set_visibility(reading.error is not None)
