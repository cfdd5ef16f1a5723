"""Lists: rows that stay in place while their content changes, and the pages of a list that AWS answers by tokens."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, Protocol, TypeVar

from nicegui import ui
from nicegui.element import Element

from console.page.parts.elements import box

Item = TypeVar("Item")


class Row(Protocol[Item]):  # type: ignore[misc]
    """A row: its outermost element, and how it takes a new item."""

    element: Element

    def show(self, item: Item) -> None:
        """Take a new item."""


class Rows(Generic[Item]):
    """Rows by key: new ones are built, old ones removed, the others updated in place; focus and scrolling stay."""

    def __init__(self, container: Element, key: Callable[[Item], Hashable], build: Callable[[Item], Row[Item]]) -> None:
        self._container, self._key, self._build = container, key, build
        self._rows: dict[Hashable, tuple[Row[Item], Item]] = {}

    def show(self, items: Iterable[Item]) -> None:
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
                self._rows[key] = (self._build(item), item)
        elif known[1] != item:
            known[0].show(item)
            self._rows[key] = (known[0], item)


class Pager:
    """Remembers the tokens of the pages before; `turn` is given the token of the page to show."""

    def __init__(self, turn: Callable[[str | None], None]) -> None:
        self._turn_to = turn
        self._tokens: list[str | None] = [None]
        self._next: str | None = None
        self._buttons: tuple[ui.button, ui.button] | None = None

    def show_buttons(self) -> None:
        """Put the buttons here; each is visible only where it leads to a page."""
        with box("row-of"):
            newer = ui.button("Newer", icon="chevron_left", on_click=self._go_back).props("flat dense no-caps")
            older = ui.button("Older", on_click=self._go_on).props("flat dense no-caps icon-right=chevron_right")
        self._buttons = newer, older
        self._update()

    def set_next(self, token: str | None) -> None:
        """Remember the token that the shown page names for the next one."""
        self._next = token
        self._update()

    def _go_on(self) -> None:
        if self._next:
            self._tokens.append(self._next)
            self._turn()

    def _go_back(self) -> None:
        if len(self._tokens) > 1:
            self._tokens.pop()
            self._turn()

    def _turn(self) -> None:
        self.set_next(None)
        self._turn_to(self._tokens[-1])

    def _update(self) -> None:
        # The first page may arrive before the buttons are built below it.
        if self._buttons:
            newer, older = self._buttons
            newer.set_visibility(len(self._tokens) > 1)
            older.set_visibility(self._next is not None)
