"""Records, while a page is followed, how long each step took, its histories, and the events that arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal import histories
from tests.rehearsal.events import Events
from tests.rehearsal.histories import Histories

Client = Callable[[str], Any]


@dataclass
class StepRecord:
    """What was observed during one step of the page."""

    seconds: float = 0.0
    histories: Histories = field(default_factory=dict)
    events: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Observer:
    """Fills `steps`, by their titles; `changed` is called whenever there is more in them."""

    client: Client
    project: str
    account: str
    region: str
    steps: dict[str, StepRecord] = field(default_factory=dict)
    # All that was there after the last step, from which the next step's part is taken.
    known: Histories = field(default_factory=dict)
    changed: Callable[[], None] = lambda: None
    # Waiting for events costs a few seconds at the end of each step.
    patient: bool = True
    _step: str = ""

    def __post_init__(self) -> None:
        self._events = Events(self.client, self.project, self.account, self.region, self._note)

    def begin(self) -> None:
        """Start listening."""
        self._events.begin()

    def end(self) -> None:
        """Stop listening."""
        self._events.end()

    def enter(self, title: str) -> None:
        """A step begins."""
        self._step = title

    def spent(self, title: str, seconds: float) -> None:
        """Record how long an act of a step took."""
        record = self.steps.setdefault(title, StepRecord())
        record.seconds = round(record.seconds + seconds, 1)

    def leave(self, title: str, stack_id: str | None) -> None:
        """A step has ended: read its histories and events."""
        if self.patient:
            self._events.drain()
        now = histories.read(self.client, self.project, stack_id)
        record = self.steps.setdefault(title, StepRecord())
        record.histories |= histories.new(now, self.known)
        self.known |= now
        self.changed()

    def _note(self, kind: str, words: str) -> None:
        record = self.steps.setdefault(self._step, StepRecord())
        record.events.setdefault(kind, []).append(words)
        self.changed()
