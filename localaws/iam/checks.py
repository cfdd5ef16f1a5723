"""A question to a policy: may somebody take an action on a resource?"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """An action on a resource, with the condition keys that AWS supplies."""

    action: str
    resource: str
    context: dict[str, str | list[str]] = field(default_factory=dict)
