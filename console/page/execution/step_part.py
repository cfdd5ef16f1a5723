"""The part of an execution's panel that shows one step: its reason, curve, gate, trials, files and log."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console.formats import ago, moment, size, took
from console.page.context import Context
from console.page.execution import topic
from console.page.execution.artifacts import is_shown, write_address
from console.page.execution.gate import Comparison
from console.page.execution.reader import Execution
from console.page.execution.step import Place, Step, Trial
from console.page.parts.curves import ACCURACY_BY_EPOCH, Chart, Curve, show_parallel
from console.page.parts.elements import Badge, Clock, box, facts, heading, link, show_missing, table, text
from console.page.parts.live import Live
from console.progress.snapshot import StepView, Training
from console.tuning import shorten_value

_LINES = 400
_HOLDS = {True: "holds", False: "does not hold", None: "not known"}


class StepPart:
    """Shows one step at a time; the same step again is updated in place."""

    def __init__(self, context: Context, identifier: str, place: Element, clock: Clock) -> None:
        self._context, self._identifier, self._place, self._clock = context, identifier, place, clock
        self._step: StepView | None = None

    def show(self, read: Execution, name: str) -> None:
        """Show a step as it is now; say so where the execution has none of this name."""
        step = read.step(name)
        if step is None:
            self._place.clear()
            with self._place:
                show_missing("No such step", f"The run {self._identifier} has no step {name}.")
            return
        before, self._step = self._step, step
        if before is None or before.name != step.name or before.metadata != step.metadata:
            self._place.clear()
            with self._place:
                self._build(read, step)
        elif before != step:
            self._details.follow(topic.step(self._context, read, step))
            self._log.follow(topic.log(self._context, self._identifier, step))
        self._update(step)

    def _build(self, read: Execution, step: StepView) -> None:
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
        self._details = Live(self._context.poller, topic.step(self._context, read, step), self._draw_details)
        self._pane: TextElement | None = None
        self._lines: tuple[str, ...] = ()
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

    def _draw_details(self, step: Step) -> None:
        if step.report:
            link("Open the report", step.report, "action").props("target=_blank")
        if step.comparisons:
            _draw_comparisons(step.comparisons)
        if step.trials:
            _draw_trials(step.trials)
        if not (step.facts or step.arguments or step.inputs or step.outputs):
            return
        with box("sheet", "stack"):
            facts(step.facts)
            if step.arguments:
                with ui.expansion(f"Arguments ({len(step.arguments)})").classes("wide").props("dense"):
                    table(("Name", "Value"), step.arguments, "Arguments")
            for title, places in (("Inputs", step.inputs), ("Outputs", step.outputs)):
                if places:
                    heading(title, 3)
                    table(("Name", "Size", "Where"), [_row(place) for place in places], title)
            if any(place.size and place.size.first for place in step.outputs):
                self._draw_files(step.outputs)

    def _draw_files(self, outputs: Sequence[Place]) -> None:
        name = self._step.name if self._step else ""
        heading("Files", 3)
        with box("files", "plain", tag="ul").props("aria-label=Files"):
            for place in outputs:
                for file, count in place.size.first if place.size else ():
                    shown = f"{place.name}/{file}" if file else place.uri.rsplit("/", 1)[-1]
                    address = write_address(self._identifier, name, place.name, file)
                    with box(tag="li"):
                        if is_shown(file or shown):
                            link(shown, address, "wrap").props("target=_blank")
                        else:
                            text(shown, "wrap")
                        text(size(count), "faint", "number")
                        download = link("Download", address)
                        download.props["download"] = shown.rsplit("/", 1)[-1]
                        download.props["aria-label"] = f"Download {shown}"
                if place.size and place.size.files > len(place.size.first):
                    left = place.size.files - len(place.size.first)
                    text(f"{left} more files of {place.name} are at {place.uri}", "faint", "wrap", tag="li")

    def _draw_log(self, lines: tuple[str, ...]) -> None:
        self._lines = lines
        if not lines:
            return
        if self._pane is None:
            self._build_log()
        self._show_lines()

    def _show_lines(self) -> None:
        wanted = self._search.value.strip().lower() if self._search.value else ""
        found = find_lines(self._lines, wanted)
        shown = found[-_LINES:]
        words = f"{len(found)} of {len(self._lines)} lines have “{wanted}”. " if wanted else ""
        if len(found) > len(shown):
            words += f"The last {len(shown)} of {len(found)} lines; `scones logs` has all."
        self._cut.set_text(words)
        if self._pane:
            self._pane.set_text("\n".join(shown))

    def _build_log(self) -> None:
        with box("sheet", "stack"):
            with box("row-of", "between"):
                heading("Log", 3)
                self._search = ui.input("Search the log", on_change=self._show_lines)
                self._search.props("outlined dense clearable")
            self._cut = text("", "faint").props("role=status")
            # A box that scrolls must be reachable by keyboard. It stays at its end, where new lines appear.
            with box("log").props("tabindex=0 role=region") as outer:
                outer.props["aria-label"] = f"Log of {self._step.name if self._step else ''}"
                self._pane = text("", "mono", tag="pre")


def find_lines(lines: Sequence[str], wanted: str) -> list[str]:
    """The lines that hold some words, whatever their case; all for none."""
    return [line for line in lines if wanted in line.lower()] if wanted else list(lines)


def training_curves(training: Training) -> list[Curve]:
    """The accuracies of a training over its epochs; dashed on the validation images."""
    known = training.epochs
    train = [(epoch.number, epoch.train) for epoch in known if epoch.train is not None]
    validation = [(epoch.number, epoch.validation) for epoch in known if epoch.validation is not None]
    return [Curve("train", train, 0), Curve("validation", validation, 0, dashed=True)]


def _draw_comparisons(comparisons: Sequence[Comparison]) -> None:
    with box("sheet", "stack"):
        heading("Conditions", 3)
        rows = [
            (f"{one.left} {one.left_value}", one.sign, f"{one.right} {one.right_value}", _HOLDS[one.holds])
            for one in comparisons
        ]
        table(("Measured", "", "Asked for", ""), rows, "Conditions")


def _draw_trials(trials: Sequence[Trial]) -> None:
    names = sorted({name for trial in trials for name in trial.values})
    with box("sheet", "stack"):
        heading(f"Trials, the best first ({len(trials)})", 3)
        rows = [
            (
                _shorten(trial.name),
                trial.status,
                "" if trial.accuracy is None else f"{trial.accuracy:.4f}",
                trial.definition,
                *(shorten_value(trial.values.get(name, "")) for name in names),
            )
            for trial in trials
        ]
        table(("Trial", "Status", "Accuracy", "Variant", *names), rows, "Trials")
        lines = {
            _shorten(trial.name): [
                *(_measure(trial.values.get(name)) for name in names),
                trial.definition,
                trial.accuracy,
            ]
            for trial in trials
        }
        show_parallel("Accuracy across trials", [*names, "variant", "accuracy"], lines)


def _shorten(name: str) -> str:
    """What tells a trial from the others of its search."""
    return "-".join(name.split("-")[-2:])


def _measure(value: str | None) -> float | str | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return value


def _row(place: Place) -> tuple[str, str, str]:
    if place.size is None:
        return place.name, "", place.uri
    files = f"{'over ' if place.size.more else ''}{place.size.files} file{'s' if place.size.files != 1 else ''}"
    return place.name, f"{files}, {size(place.size.bytes)}" if place.size.files else "nothing yet", place.uri
