"""Follows a page act by act: its commands in one terminal, and by hand what is for hands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.rehearsal.page import ByHand, Command, Step
from tests.rehearsal.replaced import Replacement, replaced
from tests.rehearsal.terminal import Terminal, TerminalError, missing

_LAST_LINES = 15


class WalkError(Exception):
    """The page, followed as it is written, does not lead where it says; the message names the page's step."""


@dataclass(frozen=True)
class Done:
    """One act that was done, and how long it took."""

    step: Step
    act: Command | ByHand
    seconds: float


@dataclass
class Walk:
    """One reader. `achieved` is asked after each act for what it must have led to, and raises WalkError."""

    terminal: Terminal
    table: Sequence[Replacement]
    known: dict[str, str]
    become: Callable[[Step], Mapping[str, str]]
    by_hand: Callable[[ByHand], None]
    achieved: Callable[[Command | ByHand, str], None]
    say: Callable[[str], None]
    done: list[Done] = field(default_factory=list)
    used: list[Replacement] = field(default_factory=list)

    def follow(self, steps: Sequence[Step]) -> None:
        """Do every act of every step; raises WalkError at the first that fails."""
        for step in steps:
            self.say(f"\n## {step.number}. {step.title}\n")
            self.terminal.export(self.become(step))
            for act in step.acts:
                begun = time.monotonic()
                try:
                    self._do(act)
                except (WalkError, TerminalError) as error:
                    raise WalkError(f"docs/aws.md line {act.line}, {step.name}: {error}") from error
                self.done.append(Done(step, act, time.monotonic() - begun))

    def _do(self, act: Command | ByHand) -> None:
        printed = ""
        if isinstance(act, ByHand):
            self.say(f"By hand: {act.text}\n")
            self.by_hand(act)
        else:
            printed = self._run(act)
        self.achieved(act, printed)

    def _run(self, command: Command) -> str:
        text, by = replaced(command.text, self.table, self.known)
        self.say(f"$ {command.text}\n")
        if by:
            self.used.append(by)
            self.say(f"  (in its place: {text or 'nothing'} - {by.reason})\n")
        code, printed = self.terminal.run(text or ":", answers=command.answers)
        if code:
            raise WalkError(f"`{command.text}` ended with {code} and said:\n{_end_of(printed)}")
        lacking = missing(command.shows, printed) if text == command.text else None
        if lacking is not None:
            raise WalkError(
                f"`{command.text}` does not show {lacking!r}, which the page shows; it said:\n{_end_of(printed)}"
            )
        return printed


def _end_of(printed: str) -> str:
    return "\n".join(f"    {line}" for line in printed.splitlines()[-_LAST_LINES:]) or "    nothing"
