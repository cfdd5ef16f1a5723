"""pip: its settings of the user's, for what fetches packages and for jobs, and what its lines say of the progress."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[str], None]
"""Is called with a line for a person, while an environment is made."""
Measure = Callable[[int, int], None]
"""Is called with how many bytes were fetched, and how many there are as far as it is known."""

# These say where packages go, which is the environment's business.
_PLACES = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_REQUIREMENT", "PIP_EDITABLE"}
# As pip writes sizes: `Downloading numpy-1.26.4-cp311-...whl (18.3 MB)`.
_SIZE = re.compile(r"^Downloading .*\(([\d.]+) (bytes|[kMG]B)\)$")
_UNITS = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_TOLD = ("Collecting ", "Downloading ", "Using cached ", "Building wheel", "Installing collected", "Successfully")


def pip_variables(given: Mapping[str, str]) -> dict[str, str]:
    """The variables by which pip finds packages as the user's does: index, folders of wheels, proxy, certificates."""
    found = {name: value for name, value in given.items() if name.startswith("PIP_") and name not in _PLACES}
    proxy = given.get("https_proxy") or given.get("HTTPS_PROXY")
    certificates = given.get("REQUESTS_CA_BUNDLE") or given.get("SSL_CERT_FILE")
    if proxy:
        found.setdefault("PIP_PROXY", proxy)
    if certificates:
        found.setdefault("PIP_CERT", certificates)
    # Without a network nothing gets better by waiting.
    found.setdefault("PIP_RETRIES", "2")
    found.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    return found


@dataclass
class PipReader:
    """Reads pip's lines: tells those that say what is done, adds up what is fetched, and keeps the last error."""

    on_progress: Progress
    error: str = "pip said nothing."
    announced: int = 0

    def take(self, line: str) -> None:
        """Take one line of pip's."""
        said = line.strip()
        if said.startswith("ERROR:"):
            self.error = f"{said.removeprefix('ERROR:').strip().rstrip('.')}."
        if said.startswith(_TOLD):
            self.on_progress(said.partition(" (from ")[0])
        size = _SIZE.search(said)
        if size:
            self.announced += int(float(size[1]) * _UNITS[size[2]])


def measure_files(folder: Path) -> int:
    """How many bytes lie below a folder that another process writes; 0 where it cannot be told."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue
    return total


def measure_in_lines(on_progress: Progress, seconds: float = 10) -> Measure:
    """Tell how far a long fetch is, a line every `seconds`."""
    told, last = time.monotonic(), 0

    def measure(done: int, total: int) -> None:
        nonlocal told, last
        # While pip unpacks there is nothing new to say.
        if total and done > last and time.monotonic() - told >= seconds:
            told, last = time.monotonic(), done
            on_progress(f"Fetched {done / 1e6:.0f} of {total / 1e6:.0f} MB ...")

    return measure
