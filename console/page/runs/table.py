"""The runs' table: rows for the component in table.js."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nicegui import events
from nicegui.element import Element

from console.executions import OPENING
from console.formats import duration, moment, shorten
from console.page.parts.elements import describe_state
from console.page.run import Run
from console.page.runs.query import ACCURACY, OWN, Query, get_value

_LONGEST = 60
_Value = str | float


class RunsTable(Element, component="table.js"):
    """A table of runs; `sort` is called with a column, `choose` with identifiers and whether they are chosen."""

    def __init__(self, sort: Callable[[str], None], choose: Callable[[list[str], bool], None]) -> None:
        super().__init__()
        self.props["label"] = "Runs"
        self.on("sort", lambda event: sort(str(event.args)))
        self.on("choose", lambda event: self._choose(event, choose))
        self._shown: dict[str, Any] = {}

    def show(self, query: Query, runs: Sequence[Run], chosen: Iterable[str]) -> None:
        """Show rows; nothing is sent where nothing has changed."""
        columns = (*OWN, *query.columns)
        numeric = {name for name in columns if any(isinstance(get_value(run, name), float) for run in runs)}
        shown = {
            "columns": [{"key": name, "label": name, "numeric": name in numeric} for name in columns],
            "rows": [build_row(run, columns) for run in runs],
            "sort": query.sort,
            "chosen": list(chosen),
        }
        if shown != self._shown:
            self._shown = shown
            self.props.update(shown)
            self.update()

    @staticmethod
    def _choose(event: events.GenericEventArguments, choose: Callable[[list[str], bool], None]) -> None:
        identifiers, is_chosen = event.args
        choose([str(identifier) for identifier in identifiers], bool(is_chosen))


def build_row(run: Run, columns: Iterable[str]) -> dict[str, Any]:
    """A run as the component takes it: a cell a column, each with what it is told by."""
    reason = run.reason.removeprefix(OPENING)
    note = run.details.note if run.details else ""
    return {
        "id": run.id,
        "cells": [_build_cell(run, column) for column in columns],
        "words": note or reason,
        "bad": bool(reason and not note),
    }


def _build_cell(run: Run, column: str) -> dict[str, Any]:
    value = get_value(run, column)
    if value is None:
        return {"text": "…" if run.details is None else ""}
    return _CELLS.get(column, _build_plain)(run, column, value)


def _build_plain(_: Run, column: str, value: _Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"text": shorten(value, _LONGEST), "title": value}
    return {"text": f"{value:.4f}" if column == ACCURACY or not float(value).is_integer() else f"{value:.0f}"}


def _build_status(_: Run, __: str, value: _Value) -> dict[str, Any]:
    level, icon, word = describe_state(str(value))
    return {"text": word, "level": level, "icon": icon}


_CELLS: Mapping[str, Callable[[Run, str, _Value], dict[str, Any]]] = {
    "id": lambda run, _, __: {"text": run.id, "href": f"/execution/{run.id}", "title": run.name},
    "status": _build_status,
    "started": lambda run, _, __: {"text": moment(run.start)[:16], "title": moment(run.start)},
    "duration": lambda _, __, value: {"text": duration(float(value))},
    "version": lambda _, __, value: {"text": str(value), "href": f"/version/{value}"},
    "trigger": lambda run, _, value: {
        "text": str(value),
        "title": run.details.start_reason if run.details else "",
    },
}
