"""What roles were used for: one line of JSON a distinct call, in a file that outlives the process."""

from __future__ import annotations

import json
import threading
from pathlib import Path


class AccessLog:
    """Appends a call that it has not seen. Safe for all threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen = set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()

    def note(self, role: str, action: str, resource: str, allowed: bool) -> None:
        """A call of `action` on `resource` under a role, and whether it was allowed."""
        line = json.dumps({"role": role, "action": action, "resource": resource, "allowed": allowed})
        with self._lock:
            if line not in self._seen:
                self._seen.add(line)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{line}\n")
