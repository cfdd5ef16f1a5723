"""pip: its settings of the user's, for what fetches packages and for jobs, and what its lines say of the progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Progress = Callable[[str], None]
"""Is called with a line for a person, while an environment is made."""

# These say where packages go, which is the environment's business.
_PLACES = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_REQUIREMENT", "PIP_EDITABLE"}
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
class _Reader:
    on_progress: Progress
    error: str = "pip said nothing."

    def take(self, line: str) -> None:
        """Take one line of pip's."""
        said = line.strip()
        if said.startswith("ERROR:"):
            self.error = f"{said.removeprefix('ERROR:').strip().rstrip('.')}."
        if said.startswith(_TOLD):
            self.on_progress(said)


def read_progress(on_progress: Progress) -> _Reader:
    """A reader of pip's lines: tells those that say what is done, and keeps the last error."""
    return _Reader(on_progress)
