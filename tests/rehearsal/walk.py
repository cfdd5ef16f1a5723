"""Follows a page act by act: its commands in one terminal, and the acts by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.rehearsal.page import ByHand, Command, Step
from tests.rehearsal.replaced import Replacement, replaced
from tests.rehearsal.terminal import Terminal, TerminalError, missing

_LAST_LINES = 15
# These commands affect the terminal only: they are run again in each new one.
_SETS_UP = re.compile(r"(export|unset|source|cd)\b")


class WalkError(Exception):
    """The page fails as it is written; the message names the step."""


class Journal(Protocol):
    """Records the acts of a walk, so that an interrupted one can be resumed."""

    def is_done(self, step: Step, act: Command | ByHand, /) -> bool:
        """Whether an act was done, in this walk or an earlier one."""

    def begin(self, step: Step, act: Command | ByHand, /) -> bool:
        """An act begins; answers whether it had begun before and was interrupted."""

    def finish(self, step: Step, act: Command | ByHand, seconds: float, /) -> None:
        """An act was done."""


class Forgetful:
    """A journal that records nothing: each walk starts anew."""

    def is_done(self, _step: Step, _act: Command | ByHand) -> bool:
        return False

    def begin(self, _step: Step, _act: Command | ByHand) -> bool:
        return False

    def finish(self, _step: Step, _act: Command | ByHand, _seconds: float) -> None:
        return


@dataclass
class Walk:
    """One reader. `achieved` checks the result of each act, and raises WalkError.

    `again` replaces commands that were interrupted in an earlier walk and cannot be run twice as they are.
    """

    terminal: Terminal
    table: Sequence[Replacement]
    known: dict[str, str]
    become: Callable[[Step], Mapping[str, str]]
    by_hand: Callable[[ByHand], None]
    achieved: Callable[[Command | ByHand, str], None]
    say: Callable[[str], None]
    journal: Journal = field(default_factory=Forgetful)
    again: Sequence[Replacement] = ()
    step_done: Callable[[Step], None] = lambda _: None
    used: list[Replacement] = field(default_factory=list)

    def follow(self, steps: Sequence[Step]) -> None:
        """Do every act of every step; raises WalkError at the first that fails."""
        for step in steps:
            self.say(f"\n## {step.number}. {step.title}\n")
            self.terminal.export(self.become(step))
            todo = [act for act in step.acts if not self._is_over(step, act)]
            for act in todo:
                self._take(step, act)
            if todo:
                self.step_done(step)

    def _is_over(self, step: Step, act: Command | ByHand) -> bool:
        return self.journal.is_done(step, act) and not _SETS_UP.match(act.text)

    def _take(self, step: Step, act: Command | ByHand) -> None:
        again = self.journal.begin(step, act)
        begun = time.monotonic()
        try:
            printed = self._run(act, again) if isinstance(act, Command) else self._do(act)
            self.achieved(act, printed)
        except (WalkError, TerminalError) as error:
            raise WalkError(f"docs/aws.md line {act.line}, {step.name}: {error}") from error
        self.journal.finish(step, act, time.monotonic() - begun)

    def _do(self, act: ByHand) -> str:
        self.say(f"By hand: {act.text}\n")
        self.by_hand(act)
        return ""

    def _run(self, command: Command, again: bool) -> str:
        text, by = replaced(command.text, self.table, self.known)
        if again and text:
            text, once_more = replaced(text, self.again, self.known)
            by = once_more or by
        self.say(f"$ {command.text}\n")
        if by:
            self.used.append(by)
            self.say(f"  (in its place: {text or 'nothing'} - {by.reason})\n")
        code, printed = self.terminal.run(text or ":", answers=command.answers)
        if code:
            raise WalkError(f"`{command.text}` ended with {code} and printed:\n{_end_of(printed)}")
        lacking = missing(command.shows, printed) if text == command.text and not again else None
        if lacking is not None:
            raise WalkError(
                f"`{command.text}` does not show {lacking!r}, which the page shows; it printed:\n{_end_of(printed)}"
            )
        return printed


def _end_of(printed: str) -> str:
    return "\n".join(f"    {line}" for line in printed.splitlines()[-_LAST_LINES:]) or "    nothing"
