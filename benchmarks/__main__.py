"""Runs every benchmark in turn; the peers are installed under .scones/bench/."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PEERS = Path(".scones/bench")


def main() -> None:
    """Run them, each in a process of its own."""
    from console.dataset.sample import draw_sample

    archive = PEERS / "sample" / "sample.tar.gz"
    archive.parent.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        draw_sample(archive)
    for words in (
        ["-m", "benchmarks.command"],
        ["-m", "benchmarks.page"],
        ["-m", "benchmarks.engine", "--peers", str(PEERS)],
        ["-m", "benchmarks.prepare_data", "--archive", str(archive.parent)],
        ["-m", "benchmarks.drift"],
    ):
        subprocess.run([sys.executable, *words], check=True)


if __name__ == "__main__":
    main()
