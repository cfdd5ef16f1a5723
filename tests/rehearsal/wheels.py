"""`python -m tests.rehearsal.wheels`: fetch what the functions' layer and the jobs' toolkit are made of.

No test has a network: pip finds them in this folder (PIP_NO_INDEX, PIP_FIND_LINKS).
"""

from __future__ import annotations

import sys

from localaws.jobs.script_mode import toolkit
from seedcode.packaging.layer import download_wheels
from tests.environments import WHEELS


def main() -> int:
    """Download the pinned wheels for this Python, which the local AWS runs functions on, and the toolkit's archives."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    download_wheels(WHEELS, f"{sys.version_info.major}.{sys.version_info.minor}", "x86_64")
    toolkit.download(WHEELS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
