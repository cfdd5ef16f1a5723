"""The panel Monitoring: the check for drift, images that wait for review, and retrainings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from nicegui import events, ui
from starlette.requests import Request

from console.formats import moment
from console.intake.review import CHOICES
from console.page.context import Context
from console.page.files import HTML
from console.page.monitoring import topic
from console.page.monitoring.distributions import show_distributions
from console.page.monitoring.reader import (
    Drift,
    Queue,
    close_batch,
    fetch_image,
    fetch_report,
    label,
)
from console.page.monitoring.sentence import (
    describe_schedule,
    list_distances,
    summarize_drift,
)
from console.page.parts.curves import Axes, Chart, Curve
from console.page.parts.elements import Badge, Clock, box, confirm, heading, link, text
from console.page.parts.lists import Rows
from console.page.parts.live import Live
from console.page.run import Run, Runs
from console.page.runs.topic import all_runs
from console.page.source import Source
from console.page.version.lineage import follow_live_version
from console.retraining import Retraining

_TITLE = "Distance from the baseline, the largest of each group"
_GAP_SECONDS = 7_200
"""Two hours without a check are a gap."""
_KEYS = {choice[0]: choice for choice in CHOICES}
_SHOWN_RUNS = 12
_RECENT = 100
_AUTOMATIC = "auto-"


def _read_report(source: Source, _: Request) -> tuple[bytes, str]:
    return fetch_report(source), HTML


def _read_image(source: Source, request: Request) -> tuple[bytes, str]:
    return fetch_image(source, request.query_params.get("key", ""))


_REPORT = "/report/drift/latest"
FILES = {_REPORT: _read_report, "/image": _read_image}


class MonitoringPanel:
    """Drift, the newest report, the images that wait for review, and the retrainings."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = Clock()
        self._address = ""
        heading("Monitoring", 1)
        follow_live_version(context, "Monitoring")
        Live(context.poller, topic.drift(context), self._draw_drift)
        with box("row-of", "between"):
            heading("Images that wait for review")
            if context.may_act:
                self._close = ui.button("Close the batch and train", icon="model_training", on_click=self._train)
                self._close.props("outline dense no-caps")
                self._close.disable()
        if context.may_act:
            self._retraining: Retraining | None = None
            self._news = text("", "wrap", tag="p")
            Live(context.poller, topic.retraining(context), self._draw_retraining, keeps=True, waiting=" ")
            keys = ", ".join(f"{key} {choice}" for key, choice in _KEYS.items())
            self._hint = text(f"By keyboard, for the first one: {keys}.", "faint")
            ui.keyboard(on_key=self._press, ignore=["input", "select", "textarea"], repeating=False)
        self._labelled: set[str] = set()
        self._first: str | None = None
        self._queue: Rows[tuple[str, str]] | None = None
        Live(context.poller, topic.review(context), self._draw_queue, keeps=True)
        self._report = box("stack")
        Live(context.poller, topic.drift(context), self._draw_report, keeps=True, waiting=" ")
        heading("Retrainings, and why")
        Live(context.poller, all_runs(context), self._draw_retrainings)

    def _draw_drift(self, drift: Drift | None) -> None:
        if drift is None:
            text("Nothing is monitored yet; approving a version creates the schedule.", "empty", tag="p")
            return
        text(summarize_drift(drift), "summary", "wrap", tag="p")
        if drift.answer and drift.latest and drift.latest.violations:
            with box("row-of"):
                self._clock.when(datetime.fromisoformat(drift.answer.at), "number", "faint")
                text(drift.answer.sentence, "wrap")
        with box("row-of"):
            Badge(drift.status)
            self._clock.show(lambda: describe_schedule(drift.expression, drift.status), "faint", "wrap")
        if drift.latest and drift.latest.changes:
            show_distributions(drift.latest)
        with box("halves"):
            with box("sheet", "stack"):
                heading(_TITLE)
                lines = [Curve(name, points) for name, points in list_distances(drift).items()]
                if lines:
                    Chart(_TITLE, lines, Axes("time", "distance", dates=True, gap_seconds=_GAP_SECONDS))
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
                    self._draw_violations(run.findings.violations if run.findings else ())
                    if run.reason:
                        text(run.reason, "wrap")

    def _draw_violations(self, violations: Sequence[str]) -> None:
        """Fold sentences that are much alike: the distributions above say the same at a glance."""
        if not violations:
            return
        title = f"{len(violations)} violations" if len(violations) > 1 else "1 violation"
        with ui.expansion(title).classes("wide").props("dense"):
            for words in violations:
                text(words, "wrap", tag="p")

    def _draw_report(self, drift: Drift | None) -> None:
        latest = drift.latest if drift else None
        if latest is None or latest.address == self._address:
            return
        self._address = latest.address
        self._report.clear()
        with self._report:
            with box("row-of"):
                opened = link("Open the last report", _REPORT)
                opened.props["target"] = "_blank"
                saved = link("Download it", _REPORT)
                saved.props["download"] = "monitoring-report.html"
                text("tests, unusual images, what was left out", "faint")
            text(latest.address, "mono", "faint", "wrap")

    def _draw_retraining(self, retraining: Retraining) -> None:
        self._retraining = retraining
        self._news.set_text(f"{retraining.news} {retraining.plan}")
        self._close.set_enabled(retraining.new > 0)

    def _draw_queue(self, queue: Queue) -> None:
        if self._queue is None:
            self._none = text("No image waits for review.", "empty", tag="p")
            with box("waiting", "plain", tag="ul") as container:
                container.props("aria-label='Images that wait'")
            self._queue = Rows(container, lambda item: item[0], self._build_image)
            self._more = text("", "faint")
        self._shown = queue
        # One that was labelled a moment ago may be in an older reading.
        waiting = [image for image in queue.images if image.key not in self._labelled]
        self._first = waiting[0].key if waiting else None
        self._none.set_visibility(not waiting)
        if self._context.may_act:
            self._hint.set_visibility(bool(waiting))
        self._more.set_visibility(queue.more)
        self._more.set_text(queue.sentence)
        self._queue.show([(image.key, image.summary) for image in waiting])

    def _build_image(self, item: tuple[str, str]) -> _WaitingImage:
        return _WaitingImage(self._label if self._context.may_act else None, item)

    async def _press(self, event: events.KeyEventArguments) -> None:
        """Label the first image that waits by a letter, without Control and the like, which browsers have uses for."""
        held = event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta
        choice = _KEYS.get(str(event.key.name).lower())
        if event.action.keydown and choice and self._first and not held:
            await self._label(self._first, choice)

    async def _label(self, key: str, choice: str) -> None:
        """Label an image; the next one is the first at once, so that a second press does not mean this one again."""
        self._labelled.add(key)
        self._draw_queue(self._shown)
        # The row whose button was pressed is gone by now; what is said needs a place that stays.
        with self._report:
            labelled = await self._context.perform(
                lambda: label(self._context.source, key, choice),
                f"Labelled as {choice}; close the batch when all are labelled.",
                "review",
                "retraining",
            )
        if not labelled:
            self._labelled.discard(key)
            self._draw_queue(self._shown)

    async def _train(self) -> None:
        if self._retraining is None:
            return
        question = (
            f"Closing the batch starts a training on all curated images. {self._retraining.news} "
            f"{self._retraining.plan} A version that passes its evaluation is registered and waits for approval. "
            "Close it?"
        )
        if await confirm(question, "Close and train", "primary"):
            await self._context.perform(
                lambda: close_batch(self._context.source),
                "The batch is closed; its training starts when the images are taken in, unless none of them is new.",
                "runs",
                "review",
                "retraining",
            )

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
                    text(_why(row) + (f"; profile {row.details.profile}" if row.details else ""), "wrap")


class _WaitingImage:
    """An image, the model's guess, and a button for each label; `choose` is given the key and a label."""

    def __init__(self, choose: Callable[[str, str], Awaitable[None]] | None, item: tuple[str, str]) -> None:
        key, summary = item
        with box("sheet", "stack", "tight", tag="li") as self.element:
            made = box(tag="img").props("loading=lazy")
            made.props["src"], made.props["alt"] = f"/image?key={quote(key, safe='')}", key.rsplit("/", 1)[-1]
            self._summary = text(summary, "wrap", "faint")
            if choose:
                with box("row-of"):
                    for choice in CHOICES:
                        button = ui.button(choice.capitalize(), on_click=lambda choice=choice: choose(key, choice))
                        button.props("outline dense no-caps")

    def show(self, item: tuple[str, str]) -> None:
        self._summary.set_text(item[1])


def _why(row: Run) -> str:
    """Why an execution was started by itself; empty where a person started it."""
    reason = row.details.start_reason if row.details else ""
    if not row.name.startswith(_AUTOMATIC):
        return reason if reason.startswith(("drift", "batch")) else ""
    return reason or row.name
