"""Writes a lock without MXNet: what a machine for which it has no wheel installs, on one for which it has.

`python portable.py LOCK TARGET` reads the lock's markers as Linux on `arm64` would, a name that Linux does not use and
that the markers of MXNet and of what goes with it exclude.
"""

import re
import sys
from pathlib import Path

try:
    from packaging.markers import Marker
except ImportError:  # a new environment has pip's own copy alone
    from pip._vendor.packaging.markers import Marker

MACHINE = {"platform_machine": "arm64"}
_ENTRY = re.compile(r"^(\S+)(?: ; ([^\\\n]+?))? \\\n((?: .*\n)+)", re.MULTILINE)


def without_mxnet(lock: str) -> str:
    """Return the lock's entries that hold, without their markers."""
    return "".join(
        f"{package} \\\n{hashes}"
        for package, marker, hashes in _ENTRY.findall(lock)
        if not marker or Marker(marker).evaluate(MACHINE)
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(without_mxnet(Path(sys.argv[1]).read_text(encoding="utf-8")), encoding="utf-8")
