"""The panel Runs: a table that is filtered, searched and sorted, with what was asked of it in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from nicegui import ui

from console.page.context import Context
from console.page.parts.elements import box, heading, text
from console.page.parts.live import Live
from console.page.run import Runs
from console.page.runs.query import (
    PAGE,
    STATUSES,
    list_columns,
    parse_query,
    select_runs,
    show_page,
    write_query,
)
from console.page.runs.table import RunsTable
from console.page.runs.topic import all_runs

ROUTE = "/runs"
_HINT = "words, or a comparison: accuracy>0.8 Epochs=22"
_TICK_SECONDS = 1.0


class RunsPanel:
    """The table with its filters; the runs that are chosen for comparison."""

    def __init__(self, context: Context) -> None:
        router = ui.context.client.sub_pages_router
        self._query = parse_query(urlsplit(router.current_path).query)
        self._runs = Runs((), False)
        self._chosen: list[str] = []
        with box("row-of", "between"):
            heading("Runs", 1)
            with box("row-of"):
                self._compare = ui.button("Compare", icon="difference", on_click=self._open_comparison)
                self._compare.props("outline dense no-caps")
                if context.may_act:
                    ui.button("New run", icon="add", on_click=lambda: ui.navigate.to("/new")).props(
                        "dense no-caps unelevated color=blue-10"
                    )
        self._build_filters()
        self._empty = text("", "empty", tag="p")
        self._table = RunsTable(self._sort, self._choose)
        self._build_pages()
        self._live = Live(context.poller, all_runs(context), self._take, keeps=True)
        router.on_path_changed(self._follow_address)
        # Running times go on between two readings.
        ui.timer(_TICK_SECONDS, self._tick, immediate=False)
        self._draw()

    def _build_filters(self) -> None:
        with box("filters"):
            search = ui.input("Search", placeholder=_HINT, value=self._query.words).props("outlined dense clearable")
            search.classes("search").on_value_change(lambda event: self._ask(words=event.value or "", page=1))
            statuses = ui.select(list(STATUSES), multiple=True, label="Status", value=list(self._query.statuses))
            statuses.props("outlined dense options-dense clearable")
            statuses.on_value_change(lambda event: self._ask(statuses=tuple(event.value or ()), page=1))
            columns = ui.select(
                list(self._query.columns),
                multiple=True,
                label="Columns",
                value=list(self._query.columns),
                with_input=True,
            )
            columns.props("outlined dense options-dense")
            columns.on_value_change(lambda event: self._ask(columns=tuple(event.value or ())))
        self._search, self._statuses, self._columns = search, statuses, columns

    def _build_pages(self) -> None:
        with box("row-of", "between"):
            self._count = text("", "faint", "number")
            self._count.props("role=status")
            with box("row-of"):
                self._newer = ui.button("Previous", icon="chevron_left", on_click=lambda: self._turn(-1))
                self._older = ui.button("Next", on_click=lambda: self._turn(1)).props("icon-right=chevron_right")
        for button in (self._newer, self._older):
            button.props("flat dense no-caps")

    def _take(self, runs: Runs) -> None:
        self._runs = runs
        names = list(dict.fromkeys([*self._query.columns, *list_columns(runs.rows)]))
        if names != self._columns.options:
            self._columns.set_options(names, value=list(self._query.columns))
        self._draw()

    def _tick(self) -> None:
        if self._runs.busy:
            self._draw()

    def _draw(self) -> None:
        found = select_runs(self._query, self._runs.rows)
        page, shown = show_page(self._query, found)
        first = (page - 1) * PAGE
        self._table.show(self._query, shown, self._chosen)
        self._table.set_visibility(bool(shown))
        self._empty.set_visibility(not shown and self._runs.listed)
        self._empty.set_text(self._explain_nothing())
        self._count.set_text(self._write_count(len(found), first, len(shown)))
        self._newer.set_visibility(page > 1)
        self._older.set_visibility(first + len(shown) < len(found))
        self._compare.set_visibility(len(self._chosen) >= 2)
        self._compare.set_text(f"Compare {len(self._chosen)}")

    def _explain_nothing(self) -> str:
        if self._runs.rows:
            return "No run fits; take something away from the search."
        return "No runs yet; start one here or with `scones run`."

    def _write_count(self, found: int, first: int, shown: int) -> str:
        if not shown:
            return ""
        known = f"{first + 1} to {first + shown} of {found}"
        total = len(self._runs.rows)
        known += f" that fit, {total} in all" if found != total else ""
        known += "" if self._runs.listed else " so far"
        return known + (f"; details of {self._runs.unread} are being read" if self._runs.unread else "")

    def _ask(self, **changes: object) -> None:
        asked = replace(self._query, **changes)  # type: ignore[arg-type]
        if asked == self._query:
            return
        self._query = asked
        written = write_query(asked)
        address = ROUTE + (f"?{written}" if written else "")
        # The address tells what is shown; each letter that is typed is no place to go back to.
        ui.navigate.history.replace(address)
        ui.context.client.sub_pages_router.current_path = address
        self._draw()

    def _follow_address(self, path: str) -> None:
        """Show what an address asks for: by a link to this panel, or by going back."""
        address = urlsplit(path)
        if self._table.is_deleted or address.path != ROUTE:
            return
        self._query = parse_query(address.query)
        self._search.set_value(self._query.words)
        self._statuses.set_value(list(self._query.statuses))
        self._columns.set_value(list(self._query.columns))
        self._draw()

    def _sort(self, column: str) -> None:
        self._ask(sort=self._query.sorted_by(column).sort, page=1)

    def _turn(self, pages: int) -> None:
        page, _ = show_page(self._query, select_runs(self._query, self._runs.rows))
        self._ask(page=max(1, page + pages))

    def _choose(self, identifiers: Iterable[str], is_chosen: bool) -> None:
        given = list(identifiers)
        others = [item for item in self._chosen if item not in given]
        self._chosen = others + (given if is_chosen else [])
        self._draw()

    def _open_comparison(self) -> None:
        ui.navigate.to(f"/compare?runs={','.join(self._chosen)}")
