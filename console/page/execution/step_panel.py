"""One step of an execution: why it failed, its curve, its files, its log."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console.formats import ago, moment, size, took
from console.page.context import Context
from console.page.execution import topic
from console.page.execution.step_reader import Place, Step
from console.page.parts.curves import Chart, Curve
from console.page.parts.elements import Badge, Clock, box, facts, heading, table, text
from console.page.parts.live import Live
from console.progress.snapshot import StepView, Training

_LINES = 400


class StepPart:
    """Shows one step at a time; the same step again is updated in place."""

    def __init__(self, context: Context, identifier: str, place: Element, clock: Clock) -> None:
        self._context, self._identifier, self._place, self._clock = context, identifier, place, clock
        self._step: StepView | None = None

    def show(self, step: StepView) -> None:
        before, self._step = self._step, step
        if before is None or before.name != step.name or before.metadata != step.metadata:
            self._place.clear()
            with self._place:
                self._build(step)
        elif before != step:
            self._details.follow(topic.step(self._context, self._identifier, step))
            self._log.follow(topic.log(self._context, self._identifier, step))
        self._update(step)

    def _build(self, step: StepView) -> None:
        with box("sheet", "stack"):
            with box("row-of"):
                heading(step.name)
                self._status = Badge(step.status)
                text(step.type, "faint")
            self._clock.show(self._times, "number", "faint")
            self._cached = text("")
            with box("banner", "bad") as self._reason_box:
                self._reason = text("", "wrap")
        self._chart: Chart | None = None
        self._chart_place = box("sheet", "stack")
        self._details = Live(self._context.poller, topic.step(self._context, self._identifier, step), _draw_details)
        self._pane: TextElement | None = None
        log = topic.log(self._context, self._identifier, step)
        self._log = Live(self._context.poller, log, self._draw_log, keeps=True, waiting=" ")

    def _update(self, step: StepView) -> None:
        self._status.show(step.status)
        self._reason.set_text(step.reason or "")
        self._reason_box.set_visibility(bool(step.reason))
        self._cached.set_text(f"Not run: the outputs of {step.cached_from} were taken." if step.cached_from else "")
        self._chart_place.set_visibility(bool(step.training and step.training.epochs))
        if step.training and step.training.epochs:
            self._draw_curve(step.training)

    def _draw_curve(self, training: Training) -> None:
        lines = training_curves(training)
        if self._chart is None:
            with self._chart_place:
                self._words = text("", "faint")
                self._chart = Chart("Accuracy by epoch", lines, most=1)
        else:
            self._chart.show(lines)
        done = sum(epoch.validation is not None for epoch in training.epochs)
        self._words.set_text(f"{training.phase}: epoch {done} of {training.total or '?'}")

    def _times(self) -> str:
        step = self._step
        if step is None or step.start is None:
            return "not started"
        words = f"started {moment(step.start)} ({ago(step.start)})"
        return f"{words}, {'took' if step.end else 'running for'} {took(step.start, step.end)}"

    def _draw_log(self, lines: tuple[str, ...]) -> None:
        if not lines:
            return
        if self._pane is None:
            self._build_log()
        shown = lines[-_LINES:]
        more = f"The last {len(shown)} of {len(lines)} lines; `scones logs` has all." if len(lines) > len(shown) else ""
        self._cut.set_text(more)
        if self._pane:
            self._pane.set_text("\n".join(shown))

    def _build_log(self) -> None:
        with box("sheet", "stack"):
            heading("Log", 3)
            self._cut = text("", "faint")
            # A box that scrolls must be reachable by keyboard. It stays at its end, where new lines appear.
            with box("log").props("tabindex=0 role=region") as outer:
                outer.props["aria-label"] = f"Log of {self._step.name if self._step else ''}"
                self._pane = text("", "mono", tag="pre")


def training_curves(training: Training, name: str = "") -> list[Curve]:
    """The accuracies of a training over its epochs."""
    mark = f"{name} " if name else ""
    known = training.epochs
    return [
        Curve(f"{mark}train", [(epoch.number, epoch.train) for epoch in known if epoch.train is not None]),
        Curve(f"{mark}validation", [(item.number, item.validation) for item in known if item.validation is not None]),
    ]


def _draw_details(step: Step) -> None:
    with box("sheet", "stack"):
        facts(step.facts)
        if step.arguments:
            with ui.expansion(f"Arguments ({len(step.arguments)})").classes("wide").props("dense"):
                table(("Name", "Value"), step.arguments, "Arguments")
        for title, places in (("Inputs", step.inputs), ("Outputs", step.outputs)):
            if places:
                heading(title, 3)
                table(("Name", "Size", "Where"), [_row(place) for place in places], title)


def _row(place: Place) -> tuple[str, str, str]:
    if place.size is None:
        return place.name, "", place.uri
    files = f"{'over ' if place.size.more else ''}{place.size.files} file{'s' if place.size.files != 1 else ''}"
    return place.name, f"{files}, {size(place.size.bytes)}" if place.size.files else "nothing yet", place.uri
