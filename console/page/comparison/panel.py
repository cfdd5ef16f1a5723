"""Runs side by side: what differs, the curves of all in one chart, and lines across their parameters."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from console.page.comparison.reader import (
    MOST,
    Compared,
    Comparison,
    Line,
    list_facts,
    list_metrics,
    list_parameters,
)
from console.page.comparison.topic import comparison
from console.page.context import Context
from console.page.parts.curves import ACCURACY_BY_EPOCH, Chart, Curve, show_parallel
from console.page.parts.elements import box, heading, link, text
from console.page.parts.live import Live
from console.page.runs.query import ACCURACY

_FEWEST_LINES = 3


class ComparisonPanel:
    """Follows the runs that the address names."""

    def __init__(self, context: Context, runs: str = "") -> None:
        identifiers = tuple(dict.fromkeys(filter(None, runs.split(","))))
        self._read: Comparison | None = None
        heading(f"Compare {len(identifiers)} runs", 1)
        if len(identifiers) < 2:
            text("Choose two runs or more in the table of runs.", "empty", tag="p")
            link("All runs", "/runs")
            return
        if len(identifiers) > MOST:
            text(f"The first {MOST} of them are compared.", "faint")
        self._switch = ui.switch("Only what differs", value=True, on_change=self._draw)
        self._place = box("stack")
        Live(context.poller, comparison(context, identifiers), self._take, keeps=True)

    def _take(self, read: Comparison) -> None:
        self._read = read
        self._draw()

    def _draw(self) -> None:
        if self._read is None:
            return
        runs = self._read.runs
        self._place.clear()
        with self._place:
            for identifier in self._read.missing:
                with box("banner", "bad"):
                    text(f"There is no run {identifier}.")
            if any(item.epochs for item in runs):
                with box("sheet", "stack"):
                    heading("Accuracy by epoch")
                    text("A colour is a run; dashes are validation.", "faint")
                    Chart("Accuracy by epoch", compare_curves(runs), ACCURACY_BY_EPOCH)
            _draw_parallel(runs)
            for title, lines in (
                ("Metrics", list_metrics(runs)),
                ("Parameters", list_parameters(runs)),
                ("Runs", list_facts(runs)),
            ):
                with box("sheet", "stack"):
                    heading(title)
                    self._draw_lines(title, runs, lines)

    def _draw_lines(self, title: str, runs: Sequence[Compared], lines: Sequence[Line]) -> None:
        shown = [line for line in lines if line.differs or not self._switch.value]
        if not shown:
            text("All are equal.", "faint")
            return
        with box("scrolls") as outer, box("plain", "compared", tag="table") as made:
            made.style(f"min-width: {9 + 8 * len(runs)}rem")  # 9 of names, as style.css has it
            outer.props["tabindex"], outer.props["role"], outer.props["aria-label"] = "0", "region", title
            with box(tag="thead"), box(tag="tr"):
                text("", tag="td")
                for item in runs:
                    with box(tag="th").props("scope=col"):
                        link(item.run.id, f"/execution/{item.run.id}", "mono")
            with box(tag="tbody"):
                for line in shown:
                    with box(*(["differs"] if line.differs and not self._switch.value else []), tag="tr"):
                        text(line.name.replace("_", " "), tag="th").props("scope=row")
                        for value in line.values:
                            text(value, tag="td")


def compare_curves(runs: Sequence[Compared]) -> list[Curve]:
    """The accuracies by epoch of each run: a colour a run, dashed where they are of the validation images."""
    curves = []
    for group, item in enumerate(runs):
        train = [(epoch.number, epoch.train) for epoch in item.epochs if epoch.train is not None]
        validation = [(epoch.number, epoch.validation) for epoch in item.epochs if epoch.validation is not None]
        curves.append(Curve(f"{item.run.id} train", train, group))
        curves.append(Curve(f"{item.run.id} validation", validation, group, dashed=True))
    return [curve for curve in curves if curve.points]


def _draw_parallel(runs: Sequence[Compared]) -> None:
    """Lines across the numbers in which the runs differ, where there are enough runs to see anything in them."""
    changed = [line for line in list_parameters(runs) if line.differs and _are_numbers(line.values)]
    accuracies = [item.run.details.metrics.get(ACCURACY) if item.run.details else None for item in runs]
    if len(runs) < _FEWEST_LINES or not changed or all(value is None for value in accuracies):
        return
    with box("sheet", "stack"):
        heading("Accuracy across parameters")
        values = {
            item.run.id: [*(_number(line.values[place]) for line in changed), accuracies[place]]
            for place, item in enumerate(runs)
        }
        text("A line is a run, coloured by its accuracy.", "faint")
        show_parallel("Accuracy across parameters", [*(line.name for line in changed), ACCURACY], values)


def _are_numbers(values: Sequence[str]) -> bool:
    return all(_number(value) is not None for value in values if value)


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
