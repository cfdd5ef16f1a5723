"""What every panel is given: readers, poller, and what it may change on AWS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from console.joblogs import Tails
from console.page.errors import format_error
from console.page.poller import Poller
from console.page.runbook import RunBook
from console.page.source import Source

StartRun = Callable[[Source, str, Sequence[str], str | None, Mapping[str, str] | None], str]
"""Starts a run, as `scones run` does: profile, assignments, the version to go on from, a search's parameters. Answers
its ARN."""


@dataclass(frozen=True)
class Context:
    """The target's readers, shared by all who watch, and whether the page may change something."""

    source: Source
    poller: Poller
    may_act: bool
    tails: Tails = field(default_factory=Tails)
    runs: RunBook = field(default_factory=RunBook)
    start_run: StartRun | None = None

    async def perform(self, call: Callable[[], Any], done: str, *topics: str) -> bool:
        """Carry out a call off the page's loop, show how it went, and renew the topics that it changed.

        Answers whether it was done.
        """
        if not self.may_act:
            # The library writes warnings in black, which is too dark on ours.
            ui.notify("This page is read-only; start it with --allow-actions.", type="warning", textColor="white")
            return False
        try:
            await asyncio.to_thread(call)
        except Exception as error:
            ui.notify(format_error(error), type="negative", multi_line=True, timeout=10_000, close_button="Close")
            return False
        ui.notify(done, type="positive")
        self.poller.refresh_now(*topics)
        return True
