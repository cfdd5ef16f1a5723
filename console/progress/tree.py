"""An execution drawn as a tree for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from console.formats import duration, moment, took
from console.progress.snapshot import Epoch, Searching, Snapshot, StepView, Training
from localaws.plain import plain

SIGNS = {
    "Waiting": ("·", "dim"),
    "Not run": ("·", "dim"),
    "Starting": ("▸", "cyan"),
    "Executing": ("▶", "cyan"),
    "Stopping": ("◼", "yellow"),
    "Stopped": ("◼", "yellow"),
    "Failed": ("✗", "bold red"),
    "Succeeded": ("✓", "green"),
}
_BAR_WIDTH, _LEAST_BAR = 24, 8
_LEAST_NOTE = 30
"""Columns of a note, below which it stands under its step instead of beside it."""
_GAP = 2


def draw(snapshot: Snapshot) -> RenderableType:
    """The whole execution: header, parameters that differ from the default, steps, the failure's own words."""
    return _Tree(snapshot)


@dataclass(frozen=True)
class _Tree:
    """Is drawn for the width that there is: nothing is broken over lines but sentences, between words."""

    snapshot: Snapshot

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        snapshot, width = self.snapshot, options.max_width
        yield from _header(snapshot, width)
        yield from _parameters(snapshot)
        yield Text()
        yield from _steps(snapshot, width)
        if snapshot.own_reason:
            yield Text()
            yield Text(plain(snapshot.own_reason), style="red")


def _header(snapshot: Snapshot, width: int) -> Iterator[Text]:
    sign, style = SIGNS.get(snapshot.status, ("▶", "cyan"))
    lasted = duration(snapshot.seconds)
    yield from _in_width([Text(f"{sign} {snapshot.status}", style), Text(snapshot.arn.split(":")[-1])], "  ", width)
    ended = f"ended {moment(snapshot.end)} after {lasted}" if snapshot.end else f"running for {lasted}"
    yield from _in_width([Text(f"  started {moment(snapshot.start)}"), Text(ended)], ", ", width)


def _in_width(words: Sequence[Text], between: str, width: int) -> Iterator[Text]:
    """One line, or where that is too long a line each."""
    line = Text(between).join(words)
    if line.cell_len <= width:
        yield line
        return
    yield words[0]
    for word in words[1:]:
        yield Text("  ").append_text(word)


def _parameters(snapshot: Snapshot) -> Iterator[RenderableType]:
    for name, value in snapshot.parameters.items():
        yield Padding(Text(plain(f"{name} = {value}"), style="dim"), (0, 0, 0, 2))


def _steps(snapshot: Snapshot, width: int) -> Iterator[RenderableType]:
    rows = [(step, _name(step), _timing(step)) for step in snapshot.steps]
    names = max(name.cell_len for _, name, _ in rows)
    statuses = max(len(step.status) for step in snapshot.steps)
    timings = max(len(timing) for _, _, timing in rows)
    used = names + statuses + timings + 3 * _GAP
    beside = width - used >= _LEAST_NOTE
    if names + statuses + timings + 2 * _GAP > width:  # without the clock's time there is room
        rows = [(step, name, took(step.start, step.end)) for step, name, _ in rows]
    for step, name, timing in rows:
        line = name.copy()
        line.pad_right(names - name.cell_len + _GAP)
        line.append(step.status.ljust(statuses + _GAP), style=SIGNS.get(step.status, ("?", ""))[1]).append(timing)
        if beside:
            yield _beside(line, used, _note(step, width - used))
        else:
            line.rstrip()
            yield line
            indent = 2 * (step.depth + 1) + 2
            yield from (Padding(note, (0, 0, 0, indent)) for note in _note(step, width - indent))


def _beside(line: Text, used: int, notes: Sequence[Text]) -> RenderableType:
    table = Table.grid()
    table.add_column(width=used, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(line, Text("\n").join(notes))
    return table


def _name(step: StepView) -> Text:
    sign, style = SIGNS.get(step.status, ("?", ""))
    return Text.assemble("  " * (step.depth + 1), (sign, style), f" {plain(step.name)}")


def _timing(step: StepView) -> str:
    lasted = took(step.start, step.end)
    return moment(step.start)[11:] + ("  " + lasted if lasted else "")


def _note(step: StepView, width: int) -> list[Text]:
    notes: list[Text] = []
    if step.cached_from:
        notes.append(Text(f"from the cache of {step.cached_from}", style="dim"))
    if step.outcome:
        notes.append(Text(plain(f"outcome {step.outcome}")))
    if step.attempts > 1:
        notes.append(Text(f"attempt {step.attempts}", style="yellow"))
    if step.training and not step.cached_from:
        notes += _training(step.training, width)
    if step.searching and not step.cached_from:
        notes.append(Text(summarize_search(step.searching)))
    if step.reason:
        notes.append(Text(plain(step.reason), style="red"))
    return notes


def _training(training: Training, width: int) -> list[Text]:
    """The bar, as long as there is room, and the accuracies beside it or below."""
    if not training.epochs:
        return [Text(training.phase, style="dim")]
    # An epoch counts once its validation is known: a number without it is still under way.
    done = [epoch for epoch in training.epochs if epoch.validation is not None]
    parts = [_bar(len(done), training.total, width)] if training.total else []
    if done:
        best = max(epoch.validation or 0 for epoch in done)
        parts.append(Text(f"{accuracies(done[-1])}, best {best:.3f}"))
    line = Text("  ").join(parts)
    return [line] if line.cell_len <= width else parts


def _bar(done: int, total: int, width: int) -> Text:
    words = f" epoch {done} of {total}"
    length = max(_LEAST_BAR, min(_BAR_WIDTH, width - len(words)))
    filled = round(length * done / total)
    return Text.assemble(("━" * filled, "cyan"), ("━" * (length - filled), "dim"), words)


def summarize_search(searching: Searching) -> str:
    """How far a search is, as text."""
    total = f" of {searching.most}" if searching.most else ""
    best = "" if searching.best is None else f", best validation accuracy {searching.best:.3f}"
    return f"{searching.ended}{total} trials ended{best}"


def accuracies(epoch: Epoch) -> str:
    """An epoch's accuracies as text."""
    known = [("train", epoch.train), ("validation", epoch.validation)]
    return " ".join(f"{name} {value:.3f}" for name, value in known if value is not None)
