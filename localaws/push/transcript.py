"""What a build prints: at once to the pusher, and to the build's log, which stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_EXECUTION = re.compile(r"arn:aws[\w-]*:sagemaker:[\w-]+:\d{12}:pipeline/[\w-]+/execution/\w+")
_MOST_LOGS = 50


class Transcript:
    """The log of one build."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_old(path.parent)
        self.path = path
        self._file = path.open("w", encoding="utf-8")
        self._say = say

    def write(self, text: str) -> None:
        """Print; a pusher who has gone away does not end the build."""
        self._file.write(text)
        self._file.flush()
        with suppress(BrokenPipeError):
            self._say(text)

    def executions(self) -> list[str]:
        """The ARNs of executions that were printed on a line of their own, as `run-pipeline` does."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [line.strip() for line in lines if _EXECUTION.fullmatch(line.strip())]

    def close(self) -> None:
        """Close the log."""
        self._file.close()


def _forget_old(folder: Path) -> None:
    logs = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
    for path in logs[: -_MOST_LOGS + 1]:
        path.unlink(missing_ok=True)
