"""Two executions side by side: parameters, metrics, curves."""

from __future__ import annotations

from functools import partial

from console.formats import moment, took
from console.page.comparison.topic import metrics
from console.page.context import Context
from console.page.execution.panel import training_curves
from console.page.execution.reader import Execution
from console.page.execution.topic import execution
from console.page.parts.curves import Chart
from console.page.parts.elements import Badge, box, heading, link, table, text
from console.page.parts.live import Live


class ComparisonPanel:
    """Follows both executions and the metrics of each."""

    def __init__(self, context: Context, first: str, second: str) -> None:
        names = (first, second)
        self._context, self._names = context, names
        self._read: dict[str, Execution] = {}
        self._metrics: dict[str, dict[str, float]] = {}
        heading(f"{names[0]} and {names[1]}", 1)
        with box("halves"):
            for name in names:
                with box("sheet", "stack"):
                    link(name, f"/execution/{name}", "mono")
                    Live(context.poller, execution(context, name), partial(self._take, name))
        self._place = box("stack")
        self._draw()

    def _take(self, name: str, read: Execution) -> None:
        snapshot = read.snapshot
        with box("row-of"):
            Badge(snapshot.status)
            text(f"started {moment(snapshot.start)}", "number")
            text(f"took {took(snapshot.start, snapshot.end)}" if snapshot.end else "", "number")
        if snapshot.reason:
            text(snapshot.reason, "wrap", "faint")
        Live(self._context.poller, metrics(self._context, read), lambda found: self._take_metrics(name, found))
        self._read[name] = read
        self._draw()

    def _take_metrics(self, name: str, found: dict[str, float]) -> None:
        self._metrics[name] = found
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
            Chart("Accuracy by epoch", lines, most=1)

    def _draw_metrics(self) -> None:
        first, second = (self._metrics.get(name, {}) for name in self._names)
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
            table(("Metric", *self._names, "Difference"), rows, "Comparison", marks_differences=True)

    def _draw_parameters(self) -> None:
        first, second = (self._read[name].parameters for name in self._names)
        names = sorted({*first, *second}, key=lambda name: (first.get(name) == second.get(name), name))
        with box("sheet", "stack"):
            heading("Parameters, those that differ first")
            rows = [(name, first.get(name, ""), second.get(name, "")) for name in names]
            table(("Parameter", *self._names), rows, "Comparison", marks_differences=True)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _difference(first: dict[str, float], second: dict[str, float], name: str) -> str:
    return f"{second[name] - first[name]:+.4f}" if name in first and name in second else ""
