"""A stack's resource as a question: what it is, how it was, how it is to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Properties = dict[str, Any]

# What distinguishes members of a property's list, so that one that changed is not taken for one that went.
_IDENTITIES = ("PolicyName", "Id", "Key", "Name")


@dataclass(frozen=True)
class Resource:
    """A resource of a stack. Of one that is made `old` is empty, of one that is deleted `new` is."""

    kind: str
    stack: str
    logical_id: str
    physical_id: str = ""
    old: Properties = field(default_factory=dict)
    new: Properties = field(default_factory=dict)

    @property
    def properties(self) -> Properties:
        """What describes it now: what is wanted, or what there was."""
        return self.new or self.old

    def text(self, name: str) -> str:
        """A property, as it is wanted or as it was."""
        return str(self.new.get(name) or self.old.get(name) or "")

    def has(self, path: str) -> bool:
        """Whether a property is given."""
        return any(_is_given(value) for value in values(self.properties, path))

    def adds(self, path: str) -> bool:
        """Whether the change puts a property where it was not, or changes it."""
        old, new = _first(self.old, path), _first(self.new, path)
        return _is_given(new) and old != new

    def removes(self, path: str) -> bool:
        """Whether the change takes a property away, or members of its list."""
        old, new = _first(self.old, path), _first(self.new, path)
        if isinstance(old, list) and isinstance(new, list):
            left = [_identity(item) for item in new]
            return any(_identity(item) not in left for item in old)
        return _is_given(old) and not _is_given(new)

    def without_system_tags(self, path: str) -> Resource:
        """The same with those tags only that a template or a stack gives."""
        return replace(self, old=_tagged(self.old, path), new=_tagged(self.new, path))


def _tagged(properties: Properties, path: str) -> Properties:
    listed = properties.get(path)
    if not isinstance(listed, list):
        return properties
    return {**properties, path: [tag for tag in listed if not str(tag.get("Key", "")).startswith("aws:")]}


def values(properties: object, path: str) -> Iterator[Any]:
    """All values at a path such as `Targets/*/RoleArn`."""
    name, _, rest = path.partition("/")
    for value in _members(properties, name):
        if rest:
            yield from values(value, rest)
        else:
            yield value


def _members(value: object, name: str) -> list[Any]:
    if isinstance(value, list):
        return value if name == "*" else []
    if isinstance(value, dict):
        return list(value.values()) if name == "*" else [value[name]] if name in value else []
    return []


def _first(properties: Properties, path: str) -> Any:  # noqa: ANN401 - a property of any type
    return next(values(properties, path), None)


def _is_given(value: object) -> bool:
    # A switch that is off, and an empty list, ask nothing of the service.
    return value not in (None, "", [], {}, False, "false")


def _identity(item: object) -> object:
    if isinstance(item, dict):
        return next((item[name] for name in _IDENTITIES if name in item), item)
    return item
