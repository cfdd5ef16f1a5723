"""What a terminal is shown: tables for people, JSON for programs, and a bar while bytes or images are counted."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self

from console.formats import moment

_PIPE_WIDTH = 500
# What a terminal obeys instead of showing it, and what turns the order of letters round.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Text of somebody else's for a terminal: control characters are shown as \\x1b, and not obeyed.

    A job's log, a name or an error could otherwise change the window, its title or the clipboard, or hide a line.
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def say(text: str, *, flush: bool = False) -> None:
    """Print a line that may hold text of somebody else's."""
    print(plain(text), flush=flush)


def print_rows(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print records as a table, or as a JSON list; `empty` is said where there are none."""
    if as_json:
        print(json.dumps(list(rows), indent=2, default=_json_default))
    elif rows:
        _print_table(rows)
    else:
        print(empty)


def _print_table(rows: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(*(Text(plain(_text(value))) for value in row.values()))  # no markup of names
    # A pipe has no width: nothing is cut there. A terminal shows what fits, and `--json` has the rest.
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    Console(highlight=False, width=width).print(table)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return "" if value is None else str(value)


def _json_default(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is not JSON")


Progress = Callable[[int, int], None]
"""Is called with how much is done and how much there will be, 0 when that is not known; images or bytes."""


def silent(_done: int, _total: int) -> None:
    """Show nothing."""


class Bar:
    """One bar; `update(done, total)` sets it, `advance(count, total)` moves it on. Both can be called by any thread."""

    def __init__(self, title: str) -> None:
        from rich import progress
        from rich.console import Console

        self._progress = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
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
