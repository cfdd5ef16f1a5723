"""The alarms of an endpoint: which to show at once, and all of them in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from console.page.endpoint.reader import Alarm

_WORDS = {"OK": "OK", "ALARM": "in alarm", "INSUFFICIENT_DATA": "without data"}
_ORDER = ("INSUFFICIENT_DATA", "OK")


def split_alarms(alarms: Sequence[Alarm]) -> tuple[list[Alarm], list[Alarm]]:
    """Those that are active, and the others: those without data first, else in AWS's order."""
    others = [alarm for alarm in alarms if alarm.state != "ALARM"]
    return [alarm for alarm in alarms if alarm.state == "ALARM"], sorted(others, key=lambda alarm: _place(alarm.state))


def count_alarms(alarms: Sequence[Alarm]) -> str:
    """How many are in each state, as in `13 OK, 1 in alarm`; states that none is in are left out."""
    counts = Counter(alarm.state for alarm in alarms)
    return ", ".join(f"{counts[state]} {words}" for state, words in _WORDS.items() if counts[state])


def _place(state: str) -> int:
    return _ORDER.index(state) if state in _ORDER else 0
