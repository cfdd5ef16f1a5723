"""A trial's progress, on disk before each act, so that an interrupted trial can be resumed or removed."""

from __future__ import annotations

import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.rehearsal.histories import Histories
from tests.rehearsal.observer import Observer, StepRecord
from tests.rehearsal.page import ByHand, Command, Step

FILE = "state.json"
PAGE = "aws.md"


@dataclass
class State:
    """One trial: its project name, the tag that identifies its stack, and its progress."""

    name: str
    region: str
    account: str
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    mail: str = ""
    begun: list[str] = field(default_factory=list)
    done: dict[str, float] = field(default_factory=dict)
    steps: dict[str, StepRecord] = field(default_factory=dict)
    # All histories after the last step, from which the next step's part is derived.
    histories: Histories = field(default_factory=dict)
    # Read from the stack before it is deleted.
    stack_id: str = ""
    key: str = ""
    failure: str = ""
    ended: bool = False


class Store:
    """A trial's folder: its state, the page that it follows, its checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()  # the commands run within its checkout
        self._lock = threading.Lock()  # events are noted while acts are done

    @property
    def page(self) -> Path:
        """The page as it was when the trial began; later changes do not matter."""
        return self.folder / PAGE

    def load(self) -> State | None:
        """The state; None where there is none."""
        path = self.folder / FILE
        if not path.exists():
            return None
        known = json.loads(path.read_text(encoding="utf-8"))
        steps = {title: StepRecord(**record) for title, record in known.pop("steps").items()}
        return State(**known, steps=steps)

    def save(self, state: State) -> None:
        """Write the state whole, and to the disk, before anything in it begins."""
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f"{FILE}.draft"
            with draft.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.folder / FILE)


@dataclass
class DiskJournal:
    """A walk's journal (tests/rehearsal/walk.py) in a trial's state."""

    store: Store
    state: State
    observer: Observer

    def is_done(self, step: Step, act: Command | ByHand) -> bool:
        return _id(step, act) in self.state.done

    def begin(self, step: Step, act: Command | ByHand) -> bool:
        again = _id(step, act) in self.state.begun
        if not again:
            self.state.begun.append(_id(step, act))
            self.store.save(self.state)
        return again

    def finish(self, step: Step, act: Command | ByHand, seconds: float) -> None:
        self.state.done[_id(step, act)] = round(seconds, 1)
        self.observer.spent(step.title, seconds)
        self.store.save(self.state)


def _id(step: Step, act: Command | ByHand) -> str:
    return f"{step.number}:{act.line}"
