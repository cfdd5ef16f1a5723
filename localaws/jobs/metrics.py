"""Metrics read from a training job's log lines by the regular expressions of its MetricDefinitions."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from localaws.aws import now
from localaws.shapes import Document


class Metrics:
    """The latest value of each metric, and those before it."""

    def __init__(self, definitions: Sequence[Document]) -> None:
        self._patterns = [(item["Name"], re.compile(item["Regex"])) for item in definitions]
        self._lock = threading.Lock()
        self._latest: dict[str, Document] = {}
        self._history: dict[str, list[float]] = {}
        self._changed = False

    def read(self, line: str) -> None:
        """Take the values that a line states."""
        for name, pattern in self._patterns:
            found = pattern.search(line)
            value = _number(found.group(1)) if found and found.groups() else None
            if value is not None:
                with self._lock:
                    self._history.setdefault(name, []).append(value)
                    self._latest[name] = {"MetricName": name, "Value": value, "Timestamp": now()}
                    self._changed = True

    def take_changed(self) -> list[Document]:
        """All latest values if any has changed since the last call, else none."""
        with self._lock:
            changed, self._changed = self._changed, False
            return list(self._latest.values()) if changed else []

    def history(self) -> dict[str, list[float]]:
        """Every value of each metric, in the order of the log lines."""
        with self._lock:
            return {name: list(values) for name, values in self._history.items()}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
