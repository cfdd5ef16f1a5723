"""Panels by address: what is shown where there is no such page, or where a panel fails."""

from __future__ import annotations

from nicegui import ui
from nicegui.page_arguments import RouteMatch

from console.page.errors import format_error
from console.page.parts.elements import box, heading, link, show_missing, text


class Pages(ui.sub_pages):
    """The panel that the address names."""

    def _render_404(self) -> None:
        path = self._router.current_path.partition("?")[0]
        show_missing("No such page", f"There is nothing at {path}.")

    def _render_error(self, error: Exception) -> None:
        heading("This page could not be shown", 1)
        with box("banner", "bad"):
            text(format_error(error), "wrap")
        link("All runs", "/runs")


class InnerPages(Pages):
    """A part of a panel that has addresses of its own; the rest stays, also where it is scrolled to."""

    def _handle_scrolling(self, match: RouteMatch, *, behavior: str) -> None:
        """Leave the window where it is."""
