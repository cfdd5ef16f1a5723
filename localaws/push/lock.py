"""One build at a time for a repository: two would update one stack at once, which CloudFormation refuses."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = "scones-build.lock"


@contextmanager
def alone(repository: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the repository's lock; who has to wait is told. The system frees the lock of a process that ends."""
    with (repository / _NAME).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another push of this repository is being built; this one waits for its end.\n")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
