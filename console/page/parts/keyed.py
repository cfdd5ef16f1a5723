"""A list whose rows stay where they are while their content changes, so that focus and scrolling stay too."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, Protocol, TypeVar

from nicegui.element import Element

Item = TypeVar("Item")


class Row(Protocol[Item]):  # type: ignore[misc]
    """A row: its outermost element, and how it takes a new item."""

    element: Element

    def show(self, item: Item) -> None:
        """Take a new item."""


class Keyed(Generic[Item]):
    """Rows by key: new ones are made, gone ones removed, the others changed in place."""

    def __init__(self, container: Element, key: Callable[[Item], Hashable], make: Callable[[Item], Row[Item]]) -> None:
        self._container, self._key, self._make = container, key, make
        self._rows: dict[Hashable, tuple[Row[Item], Item]] = {}

    def show(self, items: Iterable[Item]) -> None:
        """Show these, in this order."""
        wanted = {self._key(item): item for item in items}
        for key in self._rows.keys() - wanted.keys():
            self._rows.pop(key)[0].element.delete()
        for place, (key, item) in enumerate(wanted.items()):
            self._show(key, item)
            element = self._rows[key][0].element
            if self._container.default_slot.children.index(element) != place:
                element.move(target_index=place)

    def _show(self, key: Hashable, item: Item) -> None:
        known = self._rows.get(key)
        if known is None:
            with self._container:
                self._rows[key] = (self._make(item), item)
        elif known[1] != item:
            known[0].show(item)
            self._rows[key] = (known[0], item)
