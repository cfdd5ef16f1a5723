"""Monitoring: the check for drift, what waits for a person, and what was retrained."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from console.output import moment
from console.page import actions, topics
from console.page.context import Context
from console.page.data.drift import Drift
from console.page.data.executions import Page, Row
from console.page.data.review import Queue
from console.page.parts import curves
from console.page.parts.curves import Curve
from console.page.parts.elements import Clock, box, heading, link, text
from console.page.parts.keyed import Keyed
from console.page.parts.live import Live
from console.page.parts.state import State

_TITLE = "Distance from the baseline, by feature"
_SHOWN_RUNS = 12
_AUTOMATIC = "auto-"


def show(context: Context) -> None:
    """Build the panel."""
    Panel(context)


class Panel:
    """Drift, the newest report, the queue of pictures, and the retrainings."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = Clock()
        self._address = ""
        heading("Monitoring", 1)
        Live(context.poller, topics.drift(context), self._draw_drift)
        self._report = box("stack")
        Live(context.poller, topics.drift(context), self._draw_report, keeps=True, waiting=" ")
        heading("Pictures that wait for a person")
        self._queue: Keyed[tuple[str, str]] | None = None
        Live(context.poller, topics.review(context), self._draw_queue, keeps=True)
        heading("Retrainings, and why")
        Live(context.poller, topics.execution_list(context), self._draw_retrainings)

    def _draw_drift(self, found: tuple[Drift] | tuple[()]) -> None:
        if not found:
            text("Nothing is monitored yet; an approved version brings its schedule with it.", "empty", tag="p")
            return
        drift = found[0]
        with box("row-of"):
            State(drift.status)
            text(f"{drift.schedule}, {drift.expression}", "faint", "wrap")
        with box("halves"):
            with box("sheet", "stack"):
                heading(_TITLE)
                lines = [Curve(name, points) for name, points in drift.series().items()]
                if lines:
                    curves.chart(_TITLE, lines, dates=True)
                else:
                    text("No run has had enough pictures to say anything yet.", "faint")
            with box("sheet", "stack"):
                heading("Runs")
                self._draw_runs(drift)

    def _draw_runs(self, drift: Drift) -> None:
        if not drift.runs:
            text("It has not run yet; `scones monitor --now` runs it at once.", "faint")
        with box("stack", "plain", tag="ul"):
            for run in drift.runs[:_SHOWN_RUNS]:
                with box("stack", "tight", tag="li"):
                    with box("row-of"):
                        State(run.status)
                        self._clock.when(run.at, "number", "faint")
                        if run.execution:
                            link(run.execution, f"/execution/{run.execution}", "mono")
                    for words in (*(run.findings.violations if run.findings else ()), *filter(None, [run.reason])):
                        text(words, "wrap")

    def _draw_report(self, found: tuple[Drift] | tuple[()]) -> None:
        latest = found[0].latest if found else None
        if latest is None or latest.address == self._address:
            return
        self._address = latest.address
        self._report.clear()
        with self._report:
            heading("The last report")
            text(latest.address, "mono", "faint", "wrap")
            frame = box("report", tag="iframe").props('sandbox=""')
            frame.props["src"], frame.props["title"] = "/report/drift/latest", "The last monitoring report"

    def _draw_queue(self, queue: Queue) -> None:
        if self._queue is None:
            self._none = text("No picture waits.", "empty", tag="p")
            with box("waiting", "plain", tag="ul") as container:
                container.props("aria-label='Pictures that wait'")
            self._queue = Keyed(container, lambda item: item[0], lambda item: _Waiting(self._context, item))
            self._more = text(f"The oldest {len(queue.doubts)}; more wait.", "faint")
        self._none.set_visibility(not queue.doubts)
        self._more.set_visibility(queue.more)
        self._queue.show([(doubt.key, doubt.in_words) for doubt in queue.doubts])

    def _draw_retrainings(self, page: Page) -> None:
        rows = [row for row in page.rows if _why(row)]
        if not rows:
            text("None of the newest executions was started by drift or by new pictures.", "empty", tag="p")
            return
        with box("rows", "retrainings", "plain", tag="ul"):
            for row in rows:
                with box(tag="li"):
                    State(row.status)
                    link(row.id, f"/execution/{row.id}", "mono")
                    text(moment(row.start), "number")
                    text(_why(row), "wrap")


class _Waiting:
    """A picture, what the model thought, and a button for each answer."""

    def __init__(self, context: Context, item: tuple[str, str]) -> None:
        key, words = item
        with box("sheet", "stack", "tight", tag="li") as self.element:
            made = box(tag="img").props("loading=lazy")
            made.props["src"], made.props["alt"] = f"/picture?key={quote(key, safe='')}", key.rsplit("/", 1)[-1]
            self._words = text(words, "wrap", "faint")
            if context.may_act:
                with box("row-of"):
                    for choice in actions.CHOICES:
                        button = ui.button(
                            choice.capitalize(), on_click=lambda choice=choice: actions.label(context, key, choice)
                        )
                        button.props("outline dense no-caps")

    def show(self, item: tuple[str, str]) -> None:
        self._words.set_text(item[1])


def _why(row: Row) -> str:
    """Why an execution was started by itself; empty where a person started it."""
    reason = row.details.start_reason if row.details else ""
    if not row.name.startswith(_AUTOMATIC):
        return reason if reason.startswith(("drift", "batch")) else ""
    return reason or row.name
