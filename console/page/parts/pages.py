"""The pages of a list that AWS gives out by tokens: which one is shown, and the two buttons that turn them."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from console.page.parts.elements import box


class Pages:
    """Remembers the tokens of the pages before; `turn` is given the token of the page to show."""

    def __init__(self, turn: Callable[[str | None], None]) -> None:
        self._turn_to = turn
        self._tokens: list[str | None] = [None]
        self._next: str | None = None
        self._buttons: tuple[ui.button, ui.button] | None = None

    def show_buttons(self) -> None:
        """Put the buttons here; each is there only where it leads to a page."""
        with box("row-of"):
            newer = ui.button("Newer", icon="chevron_left", on_click=self._go_back).props("flat dense no-caps")
            older = ui.button("Older", on_click=self._go_on).props("flat dense no-caps icon-right=chevron_right")
        self._buttons = newer, older
        self._look()

    def arrived(self, following: str | None) -> None:
        """Take note of the token that the shown page names for the next one."""
        self._next = following
        self._look()

    def _go_on(self) -> None:
        if self._next:
            self._tokens.append(self._next)
            self._turn()

    def _go_back(self) -> None:
        if len(self._tokens) > 1:
            self._tokens.pop()
            self._turn()

    def _turn(self) -> None:
        self.arrived(None)
        self._turn_to(self._tokens[-1])

    def _look(self) -> None:
        # The first page may arrive before the buttons stand below it.
        if self._buttons:
            newer, older = self._buttons
            newer.set_visibility(len(self._tokens) > 1)
            older.set_visibility(self._next is not None)
