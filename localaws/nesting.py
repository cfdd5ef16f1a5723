"""How deep JSON goes: what others wrote is measured before anything walks it, as a reader would run out of stack."""

from __future__ import annotations

from typing import Any


def items(value: object) -> list[Any]:
    """What an object or a list holds; nothing for a single value."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def is_deeper(body: object, levels: int) -> bool:
    """Whether a value is nested deeper than so many levels."""
    level = [body]
    for _ in range(levels):
        level = [item for value in level for item in items(value)]
        if not level:
            return False
    return True
