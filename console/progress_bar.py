"""A progress bar for work that counts bytes or images; silent where standard error is not a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Self

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
