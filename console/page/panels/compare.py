"""Two executions side by side: parameters, metrics, curves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from nicegui.element import Element

from console.output import moment
from console.page import topics
from console.page.context import Context
from console.page.data.execution import Execution
from console.page.panels.step import training_curves
from console.page.parts import curves
from console.page.parts.elements import box, heading, link, text
from console.page.parts.live import Live
from console.page.parts.state import State
from console.page.words import took


def show(context: Context, first: str, second: str) -> None:
    """Build the panel."""
    Panel(context, (first, second))


class Panel:
    """Follows both executions, and what was measured of each."""

    def __init__(self, context: Context, names: tuple[str, str]) -> None:
        self._context, self._names = context, names
        self._read: dict[str, Execution] = {}
        self._measured: dict[str, dict[str, float]] = {}
        heading(f"{names[0]} and {names[1]}", 1)
        with box("halves"):
            for name in names:
                with box("sheet", "stack"):
                    link(name, f"/execution/{name}", "mono")
                    Live(context.poller, topics.execution(context, name), partial(self._take, name))
        self._place = box("stack")
        self._draw()

    def _take(self, name: str, read: Execution) -> None:
        snapshot = read.snapshot
        with box("row-of"):
            State(snapshot.status)
            text(f"started {moment(snapshot.start)}", "number")
            text(f"took {took(snapshot.start, snapshot.end)}" if snapshot.end else "", "number")
        if snapshot.reason:
            text(snapshot.reason, "wrap", "faint")
        Live(self._context.poller, topics.measured(self._context, read), lambda found: self._measure(name, found))
        self._read[name] = read
        self._draw()

    def _measure(self, name: str, found: dict[str, float]) -> None:
        self._measured[name] = found
        self._draw()

    def _draw(self) -> None:
        if not hasattr(self, "_place") or len(self._read) < len(set(self._names)):
            return
        self._place.clear()
        with self._place:
            self._draw_curves()
            with box("halves"):
                self._draw_metrics()
                self._draw_parameters()

    def _draw_curves(self) -> None:
        lines = [
            line
            for name in self._names
            for step in self._read[name].snapshot.steps
            if step.training
            for line in training_curves(step.training, name)
        ]
        with box("sheet", "stack"):
            heading("Accuracy by epoch")
            curves.chart("Accuracy by epoch", lines, most=1)

    def _draw_metrics(self) -> None:
        first, second = (self._measured.get(name, {}) for name in self._names)
        rows = [
            (
                name.replace("_", " "),
                _number(first.get(name)),
                _number(second.get(name)),
                _difference(first, second, name),
            )
            for name in sorted({*first, *second})
            if not name.endswith("_best_constant_classifier")
        ]
        with box("sheet", "stack"):
            heading("Metrics")
            _compared(("Metric", *self._names, "Difference"), rows)

    def _draw_parameters(self) -> None:
        first, second = (self._read[name].parameters for name in self._names)
        names = sorted({*first, *second}, key=lambda name: (first.get(name) == second.get(name), name))
        with box("sheet", "stack"):
            heading("Parameters, those that differ first")
            _compared(
                ("Parameter", *self._names), [(name, first.get(name, ""), second.get(name, "")) for name in names]
            )


def _compared(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    with box("scrolls") as outer, Element("table").classes("plain compared"):
        outer.props("tabindex=0 role=region aria-label=Comparison")
        with Element("thead"), Element("tr"):
            for head in heads:
                text(head, tag="th").props("scope=col")
        with Element("tbody"):
            for row in rows:
                with Element("tr").classes("differs" if row[1] != row[2] else ""):
                    for cell in row:
                        text(cell, tag="td")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _difference(first: dict[str, float], second: dict[str, float], name: str) -> str:
    return f"{second[name] - first[name]:+.4f}" if name in first and name in second else ""
