"""`make access ROUNDS=10 SEED=1`: the end-to-end tests in random order, then the replay; stops at the first failure.

What a role may do must be used on purpose by some test, whatever ran before it: a round's seed is printed, and SEED
begins with it again. The next round's seed is one more. Workers share a round's files as in `make test`, so chance
also decides which files meet on one local AWS.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys

_MOST = 1_000_000
_WORKERS = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def main(rounds: int, seed: int) -> int:
    """Run the rounds; answers the exit code of the first that fails."""
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds}: SEED={seed + number}", flush=True)
        shutil.rmtree(os.environ["SCONES_ACCESS_DIR"], ignore_errors=True)
        for words in ([*_WORKERS, "tests/e2e"], ["-s", "tests/access/replay.py"]):
            code = _pytest(seed + number, *words)
            if code:
                return code
    return 0


def _pytest(seed: int, *words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], env={**os.environ, "E2E_SEED": str(seed)}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("ROUNDS") or 1), int(os.environ.get("SEED") or secrets.randbelow(_MOST))))
