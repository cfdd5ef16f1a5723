"""How long work tells what it has done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Is told how much is done and how much there will be, 0 when that is not known; pictures or bytes."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""
