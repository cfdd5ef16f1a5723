"""The event loop of what answers many requests: uvloop, whose turns, reads and writes are no Python.

It comes with uvicorn wherever there is one of it; nowhere else is it missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Answered = TypeVar("Answered")


def run(answering: Coroutine[Any, Any, Answered]) -> Answered:
    """Run to the end, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=_find_factory()) as runner:
        return runner.run(answering)


def _find_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - a container's environment of its own may be without
    except ImportError:
        return None
    return uvloop.new_event_loop
