"""The panel of an execution: its steps as a graph, and the chosen step with its reason, curve, files and log."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console import executions
from console.formats import ago, moment, size, took
from console.page.context import Context
from console.page.execution import topic
from console.page.execution.reader import Execution, Place, Step
from console.page.execution.topic import execution
from console.page.parts.curves import ACCURACY_BY_EPOCH, Chart, Curve
from console.page.parts.diagram import Diagram, NodeState
from console.page.parts.elements import Badge, Clock, box, confirm, facts, heading, link, table, text
from console.page.parts.live import Live
from console.page.source import Source
from console.progress.snapshot import ENDED, StepView, Training

_IDLE = ("Waiting", "Not run")


class ExecutionPanel:
    """Follows one execution."""

    def __init__(self, context: Context, identifier: str) -> None:
        self._context, self._identifier = context, identifier
        self._chosen: str | None = None
        self._read: Execution | None = None
        self._clock = Clock()
        with box("row-of", "between"):
            heading(f"Execution {identifier}", 1)
            with box("row-of"):
                self._stop_button = ui.button("Stop", icon="stop", on_click=self._ask_to_stop).props(
                    "outline dense no-caps"
                )
                self._retry_button = ui.button(
                    "Retry from the failed step", icon="replay", on_click=self._retry_failed
                ).props("outline dense no-caps")
        for button in (self._stop_button, self._retry_button):
            button.set_visibility(False)
        self._built = False
        Live(context.poller, execution(context, identifier), self._draw, keeps=True)

    def _draw(self, read: Execution | None) -> None:
        if read is None:
            text(f"There is no run {self._identifier}.", "empty", tag="p")
            link("All runs", "/runs")
            return
        self._read = read
        if not self._built:
            self._build(read)
            self._built = True
        snapshot = read.snapshot
        ended = snapshot.status in ENDED
        self._stop_button.set_visibility(self._context.may_act and not ended)
        self._retry_button.set_visibility(self._context.may_act and snapshot.status in ("Failed", "Stopped"))
        self._status.show(snapshot.status)
        self._reason.set_text(snapshot.reason or "")
        self._reason_box.set_visibility(bool(snapshot.reason) and not any(step.reason for step in snapshot.steps))
        self._turn()

    def _build(self, read: Execution) -> None:
        with box("row-of"):
            self._status = Badge(read.snapshot.status)
            self._clock.show(self._times, "number")
        with box("banner", "bad") as self._reason_box:
            self._reason = text("", "wrap")
        with ui.expansion(_title(read)).classes("wide sheet").props("dense header-class=text-weight-medium"):
            facts(_parameters(read))
        with box("two"):
            with box("sheet"):
                self._diagram = Diagram(read.graph, self._states(read), self._clock, self._choose)
            with box("stack") as place:
                self._step = StepPart(self._context, self._identifier, place, self._clock)

    def _times(self) -> str:
        if self._read is None:
            return ""
        snapshot = self._read.snapshot
        words = f"started {moment(snapshot.start)} ({ago(snapshot.start)})"
        if snapshot.end:
            return f"{words}, ended {moment(snapshot.end)} after {took(snapshot.start, snapshot.end)}"
        return f"{words}, running for {took(snapshot.start, None)}"

    def _states(self, read: Execution) -> dict[str, NodeState]:
        return {
            step.name: NodeState(step.status, lambda step=step: _caption(step), step.status not in _IDLE)  # type: ignore[misc]
            for step in read.snapshot.steps
        }

    def _choose(self, name: str) -> None:
        self._chosen = name
        self._turn()

    def _turn(self) -> None:
        if self._read:
            name = self._chosen or _first_shown(self._read)
            self._diagram.show(self._states(self._read), name)
            step = self._read.step(name)
            if step:
                self._step.show(step)

    async def _ask_to_stop(self) -> None:
        if await confirm(f"Stop {self._identifier}? Its running jobs are stopped.", "Stop it"):
            await self._perform(executions.stop, f"{self._identifier} is stopping.")

    async def _retry_failed(self) -> None:
        await self._perform(executions.retry, f"{self._identifier} continues from the failed step.")

    async def _perform(self, action: Callable[[Source, str], None], done: str) -> None:
        source = self._context.source
        if self._read:
            arn = self._read.snapshot.arn
            await self._context.perform(lambda: action(source, arn), done, "runs", "execution")
            self._context.runs.forget_details(arn)


def _first_shown(read: Execution) -> str:
    """The step that is shown first: one that failed, else one that runs, else the last that ran."""
    steps = read.snapshot.steps
    for states in (("Failed",), ("Executing", "Starting", "Stopping")):
        found = [step for step in steps if step.status in states]
        if found:
            return found[0].name
    begun = [step for step in steps if step.start]
    return max(begun, key=lambda step: step.start.timestamp() if step.start else 0).name if begun else steps[0].name


def _caption(step: StepView) -> str:
    if step.cached_from:
        return f"from the cache of {step.cached_from}"
    words = [took(step.start, step.end)] if step.start else []
    words += [f"attempt {step.attempts}"] if step.attempts > 1 else []
    words += [f"outcome {step.outcome}"] if step.outcome else []
    if step.training and step.training.total and not step.end:
        done = sum(epoch.validation is not None for epoch in step.training.epochs)
        words.append(f"epoch {done} of {step.training.total}")
    return ", ".join(words) or step.type


def _title(read: Execution) -> str:
    changed = ", ".join(f"{name} = {value}" for name, value in read.snapshot.parameters.items() if len(value) < 40)
    return f"Parameters: {changed}" if changed else "Parameters: all defaults"


def _parameters(read: Execution) -> list[tuple[str, str]]:
    changed = read.snapshot.parameters
    return [(f"{name} (changed)" if name in changed else name, value) for name, value in read.parameters.items()]


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
                self._chart = Chart("Accuracy by epoch", lines, ACCURACY_BY_EPOCH)
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


def training_curves(training: Training) -> list[Curve]:
    """The accuracies of a training over its epochs."""
    known = training.epochs
    return [
        Curve("train", [(epoch.number, epoch.train) for epoch in known if epoch.train is not None], group=0),
        Curve(
            "validation",
            [(item.number, item.validation) for item in known if item.validation is not None],
            dashed=True,
            group=0,
        ),
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
