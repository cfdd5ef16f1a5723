"""What must be written down in the end, however long the disk is full: that some work has ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from localaws.store import StoreError

logger = logging.getLogger(__name__)

REST_SECONDS = 1.0


def insist(record: Callable[[], object]) -> None:
    """Call `record` until the store takes it; without this, what has ended would be under way for ever."""
    while True:
        try:
            record()
        except StoreError as error:
            logger.warning("Tried again in %g s: %s", REST_SECONDS, error)
            time.sleep(REST_SECONDS)
        else:
            return
