"""Asks before a deployment or removal, and shows it: live on a terminal, as lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from console.errors import CommandError
from console.output import print_rows
from localaws.command.consent import ask
from localaws.plain import plain
from seedcode.stack.report import Change, Event, Lines, Silent

COLOURS = {"COMPLETE": "green", "PROGRESS": "yellow", "FAILED": "red", "SKIPPED": "dim"}
ACTIONS = {"Add": "green", "Modify": "yellow", "Remove": "red", "Import": "cyan"}
ROWS = 12


def reporter() -> Screen | Page:
    """The one that fits where the output goes."""
    return Screen() if sys.stdout.isatty() else Page()


def rows(changes: Sequence[Change]) -> list[dict[str, str]]:
    """A change set as a listing has it."""
    names = ("action", "logical_id", "type", "replacement")
    found = [asdict(change) for change in changes]
    return [{"resource" if name == "logical_id" else name: entry[name] for name in names} for entry in found]


class Page(Lines):
    """Lines for a pipe or a log, with the change set as a table."""

    def changes(self, changes: Sequence[Change]) -> None:
        print_rows(rows(changes), as_json=False, empty="No resource changes.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()


class Screen:
    """A terminal: each resource keeps its line, its status changes."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._latest: dict[str, Event] = {}
        self._live: Live | None = None

    def say(self, sentence: str) -> None:
        self._rest()
        self._console.print(sentence, markup=False)

    def changes(self, changes: Sequence[Change]) -> None:
        self._rest()
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("action", "resource", "type", "replacement"):
            table.add_column(name)
        for row in rows(changes):
            table.add_row(*row.values(), style=ACTIONS.get(row["action"], ""))
        self._console.print(table)

    def event(self, event: Event) -> None:
        self._latest.pop(event.logical_id, None)
        self._latest[event.logical_id] = event
        if event.failed and event.reason:
            self._console.print(plain(f"{event.logical_id}: {event.reason}"), style="red", markup=False)
        if self._live is None:
            self._live = Live(console=self._console, transient=True, refresh_per_second=8)
            self._live.start()
        self._live.update(self._table())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rest()

    def _rest(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None
            self._latest.clear()

    def _table(self) -> Table:
        done = sum(event.status.endswith("COMPLETE") for event in self._latest.values())
        table = Table(
            box=None, pad_edge=False, title=f"{done} of {len(self._latest)} begun are done", title_justify="left"
        )
        for name in ("status", "resource", "type"):
            table.add_column(name)
        for event in list(self._latest.values())[-ROWS:]:
            colour = COLOURS.get(event.status.rpartition("_")[2], "")
            table.add_row(event.status, event.logical_id, event.type, style=colour)
        return table


class Quiet(Silent):
    """Prints nothing; the changes are kept for `--json`."""

    def __init__(self) -> None:
        self.made: list[dict[str, str]] = []

    def changes(self, changes: Sequence[Change]) -> None:
        self.made += rows(changes)


class Consent:
    """Agrees to change sets: by `--yes`, by a person's answer, or on the laptop when nobody is at a terminal."""

    def __init__(self, *, yes: bool, local: bool) -> None:
        self._agreed = yes
        self._local = local

    def __call__(self, _: Sequence[Change], dangers: Sequence[str]) -> bool:
        """Name what is dangerous, and ask once a deployment: the functions' code follows the bucket unasked."""
        for danger in dangers:
            print(f"Careful: {danger}")
        if self._agreed:
            return True
        if not sys.stdin.isatty():
            if not self._local:
                raise CommandError("Nobody is at a terminal to agree to the change set; pass --yes to execute it.", 2)
            return True
        self._agreed = ask("Execute this change set? [y/N] ").lower() in ("y", "yes")
        return self._agreed


def type_the_name(name: str, *, yes: bool) -> None:
    """Let a person type a name before it is removed; raises CommandError where that does not happen."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("Nobody is at a terminal to agree; pass --yes to remove it.", 2)
    if ask(f"Type {name} to remove it: ") != name:
        raise CommandError("Nothing was removed: that was not its name.")
