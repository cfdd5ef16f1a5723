"""The panel Monitoring: the check for drift, images that wait for review, and retrainings."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui
from starlette.requests import Request

from console.formats import moment
from console.intake.review import CHOICES
from console.page.context import Context
from console.page.files import HTML
from console.page.monitoring import topic
from console.page.monitoring.reader import Drift, Queue, fetch_image, fetch_report, label
from console.page.parts.curves import Axes, Chart, Curve
from console.page.parts.elements import Badge, Clock, box, heading, link, text
from console.page.parts.lists import Rows
from console.page.parts.live import Live
from console.page.run import Run, Runs
from console.page.runs.topic import all_runs
from console.page.source import Source

_TITLE = "Distance from the baseline, by feature"
_SHOWN_RUNS = 12
_RECENT = 100
_AUTOMATIC = "auto-"


def _read_report(source: Source, _: Request) -> tuple[bytes, str]:
    return fetch_report(source), HTML


def _read_image(source: Source, request: Request) -> tuple[bytes, str]:
    return fetch_image(source, request.query_params.get("key", ""))


FILES = {"/report/drift/latest": _read_report, "/image": _read_image}


class MonitoringPanel:
    """Drift, the newest report, the images that wait for review, and the retrainings."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = Clock()
        self._address = ""
        heading("Monitoring", 1)
        Live(context.poller, topic.drift(context), self._draw_drift)
        self._report = box("stack")
        Live(context.poller, topic.drift(context), self._draw_report, keeps=True, waiting=" ")
        heading("Images that wait for review")
        self._queue: Rows[tuple[str, str]] | None = None
        Live(context.poller, topic.review(context), self._draw_queue, keeps=True)
        heading("Retrainings, and why")
        Live(context.poller, all_runs(context), self._draw_retrainings)

    def _draw_drift(self, drift: Drift | None) -> None:
        if drift is None:
            text("Nothing is monitored yet; approving a version creates the schedule.", "empty", tag="p")
            return
        with box("row-of"):
            Badge(drift.status)
            text(f"{drift.schedule}, {drift.expression}", "faint", "wrap")
        with box("halves"):
            with box("sheet", "stack"):
                heading(_TITLE)
                lines = [Curve(name, points) for name, points in drift.series().items()]
                if lines:
                    Chart(_TITLE, lines, Axes("time", "distance", dates=True))
                else:
                    text("No run has had enough images for a result yet.", "faint")
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
                        Badge(run.status)
                        self._clock.when(run.at, "number", "faint")
                        if run.execution:
                            link(run.execution, f"/execution/{run.execution}", "mono")
                    for words in (*(run.findings.violations if run.findings else ()), *filter(None, [run.reason])):
                        text(words, "wrap")

    def _draw_report(self, drift: Drift | None) -> None:
        latest = drift.latest if drift else None
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
            self._none = text("No image waits for review.", "empty", tag="p")
            with box("waiting", "plain", tag="ul") as container:
                container.props("aria-label='Images that wait'")
            self._queue = Rows(container, lambda item: item[0], lambda item: _WaitingImage(self._context, item))
            self._more = text("", "faint")
        self._none.set_visibility(not queue.images)
        self._more.set_visibility(queue.more)
        self._more.set_text(queue.sentence)
        self._queue.show([(image.key, image.summary) for image in queue.images])

    def _draw_retrainings(self, runs: Runs) -> None:
        rows = [row for row in runs.rows[:_RECENT] if _why(row)]
        if not rows:
            text("None of the newest executions was started by drift or by new images.", "empty", tag="p")
            return
        with box("rows", "retrainings", "plain", tag="ul"):
            for row in rows:
                with box(tag="li"):
                    Badge(row.status)
                    link(row.id, f"/execution/{row.id}", "mono")
                    text(moment(row.start), "number")
                    text(_why(row), "wrap")


class _WaitingImage:
    """An image, the model's guess, and a button for each label."""

    def __init__(self, context: Context, item: tuple[str, str]) -> None:
        key, summary = item
        with box("sheet", "stack", "tight", tag="li") as self.element:
            made = box(tag="img").props("loading=lazy")
            made.props["src"], made.props["alt"] = f"/image?key={quote(key, safe='')}", key.rsplit("/", 1)[-1]
            self._summary = text(summary, "wrap", "faint")
            if context.may_act:
                with box("row-of"):
                    for choice in CHOICES:
                        button = ui.button(
                            choice.capitalize(), on_click=lambda choice=choice: _label(context, key, choice)
                        )
                        button.props("outline dense no-caps")

    def show(self, item: tuple[str, str]) -> None:
        self._summary.set_text(item[1])


async def _label(context: Context, key: str, choice: str) -> None:
    await context.perform(
        lambda: label(context.source, key, choice),
        f"Labelled as {choice}; `scones ingest --close` closes the batch.",
        "review",
    )


def _why(row: Run) -> str:
    """Why an execution was started by itself; empty where a person started it."""
    reason = row.details.start_reason if row.details else ""
    if not row.name.startswith(_AUTOMATIC):
        return reason if reason.startswith(("drift", "batch")) else ""
    return reason or row.name
