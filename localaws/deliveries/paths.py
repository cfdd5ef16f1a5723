"""Values that a rule takes from its event: `$.detail.key` in a list of pipeline parameters."""

from __future__ import annotations

import json

from localaws.engine import references
from localaws.shapes import Document


class NoSuchValue(ValueError):
    """A path that leads nowhere in the event."""


def value(text: str, event: Document) -> str:
    """A parameter's value: the text itself, or what its path leads to in a rule's event; a schedule has no event."""
    if not event or not text.startswith("$"):
        return text
    try:
        found = references.walk(event, text, "The event")
    except references.UnresolvedReference as error:
        raise NoSuchValue(str(error)) from error
    return found if isinstance(found, str) else json.dumps(found)
