"""The alarms in a few words, those that are active apart."""

from __future__ import annotations

from console.page.endpoint.alarms import count_alarms, split_alarms
from console.page.endpoint.reader import Alarm


def _alarms(*states: str) -> list[Alarm]:
    return [Alarm(f"alarm-{number}", state, "", None) for number, state in enumerate(states)]


def test_alarms_are_counted_by_state() -> None:
    assert count_alarms(_alarms("OK", "ALARM", "OK")) == "2 OK, 1 in alarm"
    assert count_alarms(_alarms("INSUFFICIENT_DATA")) == "1 without data"


def test_active_alarms_are_shown_and_the_others_folded_those_without_data_first() -> None:
    active, others = split_alarms(_alarms("OK", "ALARM", "INSUFFICIENT_DATA", "OK"))
    assert [alarm.name for alarm in active] == ["alarm-1"]
    assert [alarm.name for alarm in others] == ["alarm-2", "alarm-0", "alarm-3"]
