"""What has gathered, in parts with time between them: the requests of that moment wait while one part is taken in."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

Each = TypeVar("Each")

_LEAST, _MOST_PARTS = 100, 20
PAUSE_SECONDS = 0.02


def in_parts(gathered: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """At most twenty parts of at least a hundred, with a pause before each but the first."""
    size = max(_LEAST, -(-len(gathered) // _MOST_PARTS))
    for start in range(0, len(gathered), size):
        time.sleep(PAUSE_SECONDS if start else 0)
        yield gathered[start : start + size]
