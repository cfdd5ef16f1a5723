"""Executions: the list, newest first, a page at a time."""

from __future__ import annotations

from nicegui import ui

from console.executions import OPENING
from console.formats import ago, moment, shorten, took
from console.page.context import Context
from console.page.executions.reader import Page
from console.page.executions.reader import Row as Execution
from console.page.executions.topic import execution_list
from console.page.parts.elements import Badge, Clock, box, heading, link, text
from console.page.parts.lists import Pager, Rows
from console.page.parts.live import Live


class ExecutionsPanel:
    """The list, its pages, and the two executions that are chosen for comparison."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pager = Pager(self._turn)
        self._chosen: list[str] = []
        with box("row-of", "between"):
            heading("Executions", 1)
            self._compare = ui.button("Compare the two", on_click=self._open_comparison).props("outline dense no-caps")
            self._compare.set_visibility(False)
        self._clock = Clock()
        self._rows: Rows[Execution] | None = None
        self._live = Live(context.poller, execution_list(context), self._draw, keeps=True)
        self._pager.show_buttons()

    def _draw(self, page: Page) -> None:
        if self._rows is None:
            self._empty = text("No executions yet; start one with `scones run`.", "empty", tag="p")
            with box("rows", "executions", "plain", tag="ul") as container:
                container.props("aria-label=Executions")
            self._rows = Rows(container, lambda row: row.arn, lambda row: Line(self, self._clock, row))
        self._empty.set_visibility(not page.rows)
        self._rows.show(page.rows)
        self._pager.set_next(page.next)

    def choose(self, identifier: str, chosen: bool) -> None:
        """Take an execution into the comparison, or out of it; it compares the last two."""
        self._chosen = [item for item in self._chosen if item != identifier] + ([identifier] if chosen else [])
        self._compare.set_visibility(len(self._chosen) >= 2)

    def _open_comparison(self) -> None:
        first, second = self._chosen[-2:]
        ui.navigate.to(f"/compare/{first}/{second}")

    def _turn(self, token: str | None) -> None:
        self._live.follow(execution_list(self._context, token))


class Line:
    """One execution in the list."""

    def __init__(self, panel: ExecutionsPanel, clock: Clock, item: Execution) -> None:
        self._item = item
        with box(tag="li") as self.element:
            check = ui.checkbox(on_change=lambda event: panel.choose(item.id, bool(event.value)))
            check.classes("check").props("dense size=sm")
            check.props["aria-label"] = f"Compare {item.id}"
            self._status = Badge(item.status)
            link(item.id, f"/execution/{item.id}", "mono", "id")
            clock.show(lambda: f"{moment(item.start)} ({ago(item.start)})", "when", "number")
            clock.show(self._took, "took", "number")
            self._by = text("", "by", "wrap", "faint")
            self._more = box("more", "stack", "tight")
        self.show(item)

    def show(self, item: Execution) -> None:
        self._item = item
        self._status.show(item.status)
        self._by.set_text(_origin(item))
        self._more.clear()
        with self._more:
            if item.details and item.details.parameters:
                with box("row-of"):
                    for name, value in item.details.parameters:
                        text(f"{name} = {shorten(value, 60)}", "tag", "mono")
            if item.reason:
                text(shorten(item.reason.removeprefix(OPENING), 240), "wrap").style("color: var(--bad)")

    def _took(self) -> str:
        details = self._item.details
        return took(self._item.start, details.end) if details else ""


def _origin(item: Execution) -> str:
    if item.details is None:
        return "…"
    words = [item.details.start_reason or (f"by {item.details.started_by}" if item.details.started_by else "")]
    words.append(f"commit {item.details.commit[:8]}" if item.details.commit else "")
    return ", ".join(word for word in words if word)
