"""One pretraining of a net at a time. The lock is the kernel's: it ends with the processes that hold it."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.errors import CommandError

# An algorithm whose starter was killed ends at its next line, a few seconds later.
PATIENCE_SECONDS = 60.0


@contextmanager
def locked(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[int]:
    """Hold the lock and yield its file descriptor. Raises CommandError where another keeps it all the time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        deadline = time.monotonic() + patience
        while not _take(file.fileno()):
            if time.monotonic() > deadline:
                raise CommandError(f"Another `scones pretrain` of this net holds {path}; wait for its end.")
            time.sleep(0.1)
        yield file.fileno()


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
