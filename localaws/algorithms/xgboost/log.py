"""Log lines as the container writes them, ``[2023-05-02:10:15:00:INFO] ...``, and what XGBoost says, without places."""

from __future__ import annotations

import logging
import re
import sys

_PLACE = re.compile(r"^\[[0-9:]+\] (?:WARNING: )?\S+:[0-9]+:\s*")


def set_up_log() -> None:
    """Write what is logged, from information on, to standard output."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stdout,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
        force=True,
    )


def strip_places(said: object) -> str:
    """A message of XGBoost without the time, the line of its source and the stack that it may have with it."""
    return _PLACE.sub("", str(said).partition("Stack trace")[0]).strip()
