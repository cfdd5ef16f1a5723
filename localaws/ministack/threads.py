"""What MiniStack's modules start when they are imported, and a fork of the process has not."""

from __future__ import annotations

import threading

from ministack.services import dynamodb

READS = {dynamodb: ("_ttl_reaper",)}


def start_again() -> None:
    """Start it in a process that was forked after the import."""
    threading.Thread(target=dynamodb._ttl_reaper, daemon=True, name="dynamodb-ttl-reaper").start()
