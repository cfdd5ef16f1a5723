"""The time of day by which schedules come due: this machine's, in UTC, and what a test lets pass beside it.

`SCONES_HOME/schedules-clock` holds seconds that are added. Nobody but a test writes it: it waits for no full hour. What
is started for a due time believes in that time, all else goes by this machine's clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = "schedules-clock"


def read(home: Path) -> datetime:
    """The schedules' time of day; a file without a number adds nothing."""
    try:
        ahead = float((home / FILE).read_text(encoding="ascii"))
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=ahead)
    except (OSError, ValueError, OverflowError):
        return datetime.fromtimestamp(time.time(), UTC)
