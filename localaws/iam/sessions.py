"""Sessions of roles for programs, where IAM is not enforced: what a job, build or function has instead of root's key.

Nothing is asked of the role then; but whoever reads a program's environment or log finds a key that ends with the local
AWS's process, and not the installation's own.
"""

from __future__ import annotations

import threading

from localaws.keys import Credentials
from localaws.ministack import identity

_NONE = "none"  # who runs under no role


class Sessions:
    """One session for each role and each one that has taken it on, made when first asked for. Safe for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issued: dict[tuple[str, str], Credentials] = {}

    def of(self, role: str | None, account: str, name: str) -> Credentials:
        """Credentials of a role (its ARN) for the session `name`, such as that of a function."""
        taken = (role or _NONE, name)
        with self._lock:
            if taken not in self._issued:
                issued = identity.issue(taken[0].rsplit("/", 1)[-1], name, account)
                self._issued[taken] = Credentials(*issued)
            return self._issued[taken]
