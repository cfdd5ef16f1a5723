"""What roles were used for: one line of JSON a distinct call, in a file that outlives the process.

Of S3's objects in one folder the first few stand for all, or a data set would fill the log with its images. Nothing
else is left out: which of two functions is called first depends on chance, and a policy may name but the second.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

_MOST_OF_A_FOLDER = 20
_OBJECT = "arn:aws:s3:::"


class AccessLog:
    """Appends a call that it has not seen. Safe for all threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen = set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()
        self._folders: Counter[tuple[str, str, str, bool]] = Counter()

    def note(self, role: str, action: str, resource: str, allowed: bool) -> None:
        """A call of `action` on `resource` under a role, and whether it was allowed."""
        line = json.dumps({"role": role, "action": action, "resource": resource, "allowed": allowed})
        with self._lock:
            if line in self._seen or self._is_one_of_many(role, action, resource, allowed):
                return
            self._seen.add(line)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def _is_one_of_many(self, role: str, action: str, resource: str, allowed: bool) -> bool:
        """Whether enough objects of this one's folder are in the log; it is counted."""
        place, _, _ = resource.rpartition("/")
        if not place.startswith(_OBJECT):
            return False
        folder = (role, action, place, allowed)
        self._folders[folder] += 1
        return self._folders[folder] > _MOST_OF_A_FOLDER
