"""`python -m tests.rehearsal.wheels`: fetch the wheels of the functions' layer, as a rehearsal has no network."""

from __future__ import annotations

import sys

from seedcode.packaging.layer import download_wheels
from tests.rehearsal.site import WHEELS


def main() -> int:
    """Download the pinned wheels for this Python, which the local AWS runs functions on."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    download_wheels(WHEELS, f"{sys.version_info.major}.{sys.version_info.minor}", "x86_64")
    return 0


if __name__ == "__main__":
    sys.exit(main())
