"""Events as AWS documents them, and EventBridge's own way of matching and transforming them.

The matcher is MiniStack's: it compiles patterns as EventBridge does, and the local AWS delivers by it.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from ministack.services import eventbridge

FOLDER = Path(__file__).with_name("events")
# A member of an event -> how MiniStack's bus names it.
_MEMBERS = {
    **{"source": "Source", "detail-type": "DetailType", "resources": "Resources", "account": "Account"},
    **{"region": "Region", "id": "EventId", "time": "Time"},
}

Event = dict[str, Any]


def sample(name: str, **changes: Any) -> Event:
    """A recorded event; `detail__state__value="OK"` changes what lies at that path."""
    event: Event = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for path, value in changes.items():
        *way, last = (part.replace("_", "-") if part == "detail_type" else part for part in path.split("__"))
        place = event
        for part in way:
            place = place[part]
        place[last] = value
    return event


def matches(pattern: Event, event: Event) -> bool:
    """Whether a rule with this pattern would pass the event on."""
    return bool(eventbridge._matches_pattern(json.dumps(pattern), _on_the_bus(event)))


def transform(transformer: Event, event: Event) -> str:
    """What a target with this input transformer is given."""
    view = eventbridge._pattern_event_view(_on_the_bus(event))
    return str(eventbridge._apply_input_transformer(copy.deepcopy(transformer), {}, view))


def _on_the_bus(event: Event) -> Event:
    return {
        **{theirs: event[ours] for ours, theirs in _MEMBERS.items() if ours != "time"},
        "Time": 0,
        "Detail": json.dumps(event["detail"]),
    }
