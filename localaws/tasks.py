"""Work that goes on after an API call has answered: running jobs and executions, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Stop:
    """A request to stop, which running work checks and can wait for."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def request(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, but wake at once when a stop is asked for; answers whether it was."""
        return self._event.wait(seconds)


class Tasks:
    """Running work by key (an ARN). Each key runs once at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, tuple[threading.Thread, Stop]] = {}

    def start(self, key: str, work: Callable[[Stop], None]) -> None:
        """Run `work` in a thread; it gets the Stop that `stop(key)` requests."""
        stop = Stop()

        def run() -> None:
            try:
                work(stop)
            except Exception:
                logger.exception("%s ended unexpectedly", key)
            finally:
                with self._lock:
                    # Work that follows on this may have begun under the same key already.
                    if self._running[key][0] is thread:
                        del self._running[key]

        thread = threading.Thread(target=run, name=key, daemon=True)
        with self._lock:
            self._running[key] = (thread, stop)
        thread.start()

    def stop(self, key: str) -> None:
        """Ask the work under `key` to stop, if it runs."""
        with self._lock:
            running = self._running.get(key)
        if running:
            running[1].request()

    def join(self, key: str, timeout: float | None = None) -> None:
        """Wait until the work under `key` has ended."""
        with self._lock:
            running = self._running.get(key)
        if running:
            running[0].join(timeout)
