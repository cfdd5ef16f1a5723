"""The panel of an execution: its steps as a graph and along the time, and the step that the address names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element

from console import executions
from console.executions import ENDED, OPENING
from console.formats import ago, duration, moment, took
from console.page.context import Context
from console.page.execution import topic
from console.page.execution.artifacts import ROUTE, fetch_artifact
from console.page.execution.reader import Execution
from console.page.execution.spans import lay_out_steps
from console.page.execution.step_part import StepPart
from console.page.parts.diagram import Diagram, NodeState
from console.page.parts.elements import Badge, Clock, box, confirm, facts, find_level, heading, link, text
from console.page.parts.lineage import Lineage, show_lineage
from console.page.parts.live import Live
from console.page.parts.pages import InnerPages
from console.page.source import Source
from console.progress.snapshot import StepView

FILES = {ROUTE: fetch_artifact}
_IDLE = ("Waiting", "Not run")
_LONGEST_NOTE = 1_000


class ExecutionPanel:
    """Follows one execution; the part of it that shows a step has an address of its own."""

    def __init__(self, context: Context, identifier: str) -> None:
        self._context, self._identifier = context, identifier
        self._root = f"/execution/{quote(identifier, safe='')}"
        self._wanted = ""
        self._read: Execution | None = None
        self._known: Lineage | None = None
        self._step: StepPart | None = None
        self._diagram: Diagram | None = None
        self._clock = Clock()
        head, self._missing = box("stack"), box("stack")
        with box("stack") as self._all:
            self._more = box("stack")
            with box("two"):
                self._graph = box("sheet")
                with box("stack"):
                    self._times = box("sheet", "stack")
                    InnerPages({"/": self._open_step, "/{step}": self._open_step})
        with head:
            self._build_head()
            Live(context.poller, topic.execution(context, identifier), self._draw, keeps=True)

    def _build_head(self) -> None:
        with box("row-of", "between"):
            self._title = heading(f"Run {self._identifier}", 1)
            with box("row-of") as self._actions:
                self._stop_button = _button("Stop", "stop", self._ask_to_stop)
                self._retry_button = _button("Retry from the failed step", "replay", self._retry_failed)
                if self._context.may_act:
                    _button("New run like this", "add", lambda: ui.navigate.to(f"/new?like={self._identifier}"))
        for button in (self._stop_button, self._retry_button):
            button.set_visibility(False)

    def _open_step(self, step: str = "") -> None:
        """Show the step that the address names; without one, that which matters most at the moment."""
        self._wanted = step
        self._step = StepPart(self._context, self._identifier, box("stack"), self._clock)
        self._turn()

    def _draw(self, read: Execution | None) -> None:
        if read is None:
            self._say_missing()
            return
        if self._read is None:
            with self._more:
                self._build(read)
        self._read = read
        snapshot = read.snapshot
        may_act = self._context.may_act
        self._stop_button.set_visibility(may_act and snapshot.status not in (*ENDED, "Stopping"))
        self._retry_button.set_visibility(may_act and read.may_be_retried)
        self._status.show(snapshot.status)
        accuracy = read.metrics.get("accuracy")
        self._accuracy.set_text("" if accuracy is None else f"accuracy {accuracy:.3f}")
        self._reason.set_text((snapshot.reason or "").removeprefix(OPENING))
        self._reason_box.set_visibility(bool(snapshot.reason) and not any(step.reason for step in snapshot.steps))
        self._draw_lineage(read)
        self._draw_times(read)
        self._turn()

    def _draw_lineage(self, read: Execution) -> None:
        known = Lineage(read.parameters.get("DatasetVersion", ""), self._identifier, read.version)
        if known != self._known:
            self._known = known
            self._lineage.clear()
            with self._lineage:
                show_lineage(known, "Run")

    def _say_missing(self) -> None:
        self._all.set_visibility(False)
        self._actions.set_visibility(False)
        self._title.set_text("No such run")
        self._missing.clear()
        with self._missing:
            words = f"{self._identifier} is no run of this project; it may have been in a state that was wiped."
            text(words, "empty", "wrap", tag="p")
            link("All runs", "/runs")

    def _build(self, read: Execution) -> None:
        with box("row-of"):
            self._status = Badge(read.snapshot.status)
            self._clock.show(self._write_times, "number")
            if read.profile:
                text(f"{read.profile} profile", "tag")
            if read.trigger:
                text(f"by {read.trigger}", "tag")
            self._accuracy = text("", "number")
        self._lineage = box("stack")
        if self._context.may_act or read.snapshot.note:
            self._build_note(read.snapshot.note)
        with box("banner", "bad") as self._reason_box:
            self._reason = text("", "wrap")
        with ui.expansion(_title(read)).classes("wide sheet").props("dense header-class=text-weight-medium"):
            facts(_parameters(read))
        with self._graph:
            self._diagram = Diagram(read.graph, self._states(read), self._clock, lambda name: f"{self._root}/{name}")

    def _build_note(self, note: str) -> None:
        field = ui.input("Note", value=note).props(f"outlined dense maxlength={_LONGEST_NOTE}").classes("wide")
        field.set_enabled(self._context.may_act)

        async def keep() -> None:
            written = field.value.strip()
            if self._read and written != self._read.snapshot.note:
                await self._perform(lambda source, arn: executions.set_note(source, arn, written), "The note is kept.")

        field.on("blur", keep)
        field.on("keydown.enter", keep)

    def _write_times(self) -> str:
        if self._read is None:
            return ""
        snapshot = self._read.snapshot
        words = f"started {moment(snapshot.start)} ({ago(snapshot.start)})"
        if snapshot.end:
            _, worked = lay_out_steps(snapshot.steps, snapshot.end)
            return f"{words}, worked for {duration(worked)}"
        return f"{words}, running for {took(snapshot.start, None)}"

    def _draw_times(self, read: Execution) -> None:
        bars, whole = lay_out_steps(read.snapshot.steps, read.snapshot.end or datetime.now(UTC))
        self._times.clear()
        with self._times:
            heading("Steps over time", 3)
            with box("gantt", "plain", tag="ol"):
                for bar in bars:
                    with box(tag="li"):
                        link(bar.step.name, f"{self._root}/{bar.step.name}")
                        with box("track"):
                            made = box("span", find_level(bar.step.status))
                            made.style(f"left: min({bar.left:.2%}, 100% - 3px); width: {bar.width:.2%}")
                        words = "from the cache" if bar.step.cached_from else duration(bar.seconds)
                        text(words, "faint", "number")
            text(f"{duration(whole)} in all; time in which no step ran is left out", "faint")

    def _states(self, read: Execution) -> dict[str, NodeState]:
        return {
            step.name: NodeState(step.status, lambda step=step: _caption(step), step.status not in _IDLE)  # type: ignore[misc]
            for step in read.snapshot.steps
        }

    def _turn(self) -> None:
        if self._read is None or self._step is None or self._diagram is None:
            return
        name = self._wanted or _first_shown(self._read)
        self._diagram.show(self._states(self._read), name)
        self._step.show(self._read, name)

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


def _button(words: str, icon: str, on_click: Callable[[], object]) -> Element:
    return ui.button(words, icon=icon, on_click=on_click).props("outline dense no-caps")


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
