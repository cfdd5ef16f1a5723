"""The conditions of a measurement: machine, time and load."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

_CPU = Path("/proc/cpuinfo")


def conditions(quick: bool) -> dict[str, str]:
    """The conditions for a reader of the page."""
    one, five, _ = os.getloadavg()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} cores, {_processor()}",
        "python": platform.python_version(),
        "load": f"{one:.1f} (1 min), {five:.1f} (5 min)",
        "threads": f"OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}",
        "kind": "quick" if quick else "full",
    }


def _processor() -> str:
    if _CPU.is_file():
        for line in _CPU.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
