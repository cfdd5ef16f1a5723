"""What a terminal is shown: tables for people, JSON for programs, and a bar while bytes or images are counted."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from console.table import print_table
from localaws.plain import plain


def say(text: str, *, flush: bool = False) -> None:
    """Print a line that may hold text of somebody else's."""
    print(plain(text), flush=flush)


def print_rows(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str, cut: str = "reason") -> None:
    """Print records as a table, or as a JSON list; `empty` is said where there are none.

    On a terminal the column `cut` alone is shortened. Elsewhere nothing is, and a record is one line.
    """
    if as_json:
        print_json(list(rows))
    elif rows:
        print_table(rows, cut)
    else:
        print(empty)


def print_json(document: object) -> None:
    """Print what a command answers to a program: moments in ISO 8601 as UTC, numbers as numbers."""
    print(json.dumps(document, indent=2, default=_json_default))


def _json_default(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(f"{value!r} is not JSON")


_BESIDE_BAR = 16  # a share, the time that is left, and what is between them
_LEAST_BAR, _LONGEST_BAR = 8, 40
Progress = Callable[[int, int], None]
"""Is called with how much is done and how much there will be, 0 when that is not known; images or bytes."""


def silent(_done: int, _total: int) -> None:
    """Show nothing."""


class Bar:
    """One bar; `update(done, total)` sets it, `advance(count, total)` moves it on. Both can be called by any thread."""

    def __init__(self, title: str) -> None:
        from rich import progress
        from rich.console import Console
        from rich.table import Column

        console = Console(stderr=True)
        room = console.width - _BESIDE_BAR
        self._progress = progress.Progress(
            progress.TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis")),
            progress.BarColumn(max(_LEAST_BAR, min(_LONGEST_BAR, room - len(title)))),
            progress.TaskProgressColumn(),
            progress.TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task(title, total=None)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def advance(self, count: int, total: int) -> None:
        with self._lock:
            self._progress.update(self._task, advance=count, total=total)
